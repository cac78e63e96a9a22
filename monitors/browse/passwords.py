"""One user's password as a hash: scrypt (RFC 7914) with the costs that OWASP's password cheat sheet names."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from monitors.errors import InputError

COST, BLOCK, PARALLEL = 2**15, 8, 3
_MEMORY = 64 * 1024 * 1024
_FORM = re.compile(r"([^\s:]+):scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([0-9a-f]{32})\$([0-9a-f]{64})")


def hashed(user: str, password: str) -> str:
    """The line of a password file. Raises InputError for a name that basic authentication cannot carry."""
    if not re.fullmatch(r"[^\s:]+", user):
        raise InputError(f"user {user!r}: a name has no spaces and no colon")
    salt = secrets.token_bytes(16)
    return (
        f"{user}:scrypt${COST}${BLOCK}${PARALLEL}${salt.hex()}${_derived(password, salt, COST, BLOCK, PARALLEL).hex()}"
    )


def check_form(line: str) -> str:
    """The line without what surrounds it. Raises InputError when it is none that `hashed` makes."""
    found = _FORM.fullmatch(line.strip())
    if found is None or int(found[2]) > COST or int(found[2]).bit_count() != 1 or int(found[3]) * int(found[4]) == 0:
        raise InputError("password file: expected one line as `wirewatch password FILE` writes it")
    return line.strip()


def fits(line: str, authorization: str) -> bool:
    """Whether an `Authorization` header (basic, RFC 7617) names the user and the password of the line."""
    found = _FORM.fullmatch(line)
    scheme, _, credentials = authorization.partition(" ")
    if found is None or scheme.lower() != "basic":
        return False
    try:
        user, _, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        return False
    cost, block, parallel = int(found[2]), int(found[3]), int(found[4])
    derived = _derived(password, bytes.fromhex(found[5]), cost, block, parallel)
    same_user = hmac.compare_digest(user.encode(), found[1].encode())
    return hmac.compare_digest(derived, bytes.fromhex(found[6])) and same_user


def _derived(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)
