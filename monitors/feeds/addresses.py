"""Which addresses may be connected to: only those on the public internet.

`ipaddress.is_global` alone is not enough (Python 3.11 says true for multicast, for several ranges that carry an IPv4
address inside IPv6, and for special ranges that were named later), so translated forms are unwrapped and IPv6 must lie
in the range given out for public use. Ranges: IANA's registries of special-purpose addresses. A translator of a
network's own (RFC 6052 allows any prefix) cannot be told from a public address.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC = IPv6Network("2000::/3")
_SPECIAL6 = (
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
_SPECIAL4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, such as the addresses of a NAT64 gateway
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, RFC 7526
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""The upper half of an interface identifier whose lower half is an IPv4 address (RFC 5214)."""


def is_public(text: str) -> bool:
    """Whether the numeric address `text` (IPv4 or IPv6, zone suffix allowed) is a public unicast one.

    Text that is no address is not public.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is None:
            return (
                address in _PUBLIC
                and not any(address in special for special in _SPECIAL6)
                and (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP
                and address.is_global
                and not address.is_multicast
            )
        address = inner
    return address.is_global and not address.is_multicast and not any(address in special for special in _SPECIAL4)


def is_private_by_name(host: str) -> bool:
    """Whether a host is written as an address that is not public, in any form a resolver takes, or is localhost.

    For requests that a proxy makes: it resolves names itself, so that nothing else can be checked here.
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return not is_public(str(ip_address(name.partition("%")[0])))
    except ValueError:
        pass
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, UnicodeError, ValueError):
        return False


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
