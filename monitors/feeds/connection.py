"""Connections that check the address they connect to and hand their socket to the fetch's watchdog.

The check sits where the socket is made, so it covers redirects, and nothing can change between look-up and
use.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from monitors.feeds.addresses import is_public
from monitors.feeds.failure import FetchError
from monitors.feeds.urls import without_secrets
from monitors.feeds.watchdog import Watchdog

RESOLVE_LIMIT = 5.0
"""Seconds for one look-up of a name. `getaddrinfo` itself has no limit."""

_SECOND_LOOK_UP = 1.0

_Address = tuple[socket.AddressFamily, tuple[Any, ...]]


class _NoSecrets(logging.Filter):
    """Takes secrets out of the addresses that urllib3 logs, at debug level each one that is requested."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_secrets(value) if isinstance(value, str) else value for value in record.args)
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_NoSecrets())


def resolve(host: str, port: int, limit: float) -> list[_Address]:
    """The socket addresses of `host`, in the resolver's order.

    The look-up runs in a thread of its own, so that a silent name server costs `limit` seconds and no more. A second
    one starts after a second: a lost packet would cost the resolver's five.
    Raises FetchError with unknown-host or dns-temporary.
    """
    if _is_numeric(host):
        return _look_up(host, port)
    answers: queue.SimpleQueue[list[_Address] | OSError | UnicodeError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(_look_up(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    end = time.monotonic() + limit
    answer: list[_Address] | OSError | UnicodeError | None = None
    for wait in (_SECOND_LOOK_UP, limit):
        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
        with contextlib.suppress(queue.Empty):
            answer = answers.get(timeout=max(min(wait, end - time.monotonic()), 0.001))
            break
    if answer is None:
        raise FetchError("dns-temporary", f"no answer to the look-up of {host} within {limit:.1f} s")
    if isinstance(answer, list):
        return answer
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN:
        raise FetchError("dns-temporary", f"the name server gave no answer for {host}")
    raise FetchError("unknown-host", f"no address is known for {host}")


def _look_up(host: str, port: int) -> list[_Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def open_socket(host: str, port: int, guard: Watchdog, options: Any = None) -> socket.socket:
    """A socket connected to `host`, watched by `guard`, at a public address unless the guard trusts the host.

    Raises FetchError with unknown-host, dns-temporary, refused-address or unreachable.
    """
    name = host.strip("[]").rstrip(".").lower()
    addresses = resolve(name, port, min(guard.remaining(), RESOLVE_LIMIT))
    if name not in guard.trusted_hosts:
        public = [found for found in addresses if is_public(str(found[1][0]))]
        if not public:
            places = ", ".join(sorted({str(found[1][0]) for found in addresses}))
            raise FetchError(
                "refused-address",
                f"{name} lies at {places}, which is not public; name it in polling.allow_private to allow it",
            )
        addresses = public
    reason = "no address"
    for family, address in addresses:
        if guard.expired:
            break
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            guard.watch(sock)
            for option in options or ():
                sock.setsockopt(*option)
            sock.settimeout(guard.remaining())
            sock.connect(address)
        except OSError as error:
            sock.close()
            reason = error.strerror or str(error) or type(error).__name__
        else:
            return sock
    raise FetchError("unreachable", f"cannot connect to {name} port {port}: {reason}")


class _Connection(HTTPConnection):
    guard: Watchdog

    def _new_conn(self) -> socket.socket:
        return open_socket(self.host, self.port, self.guard, self.socket_options)


class _TlsConnection(HTTPSConnection):
    guard: Watchdog

    def _new_conn(self) -> socket.socket:
        return open_socket(self.host, self.port, self.guard, self.socket_options)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection
    guard: Watchdog

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        connection.guard = self.guard
        return connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
    guard: Watchdog

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        connection.guard = self.guard
        return connection


_POOLS = {"http": _Pool, "https": _TlsPool}


class GuardedAdapter(HTTPAdapter):
    """The transport of one fetch: its connections are checked, watched and use one shared TLS context."""

    def __init__(self, guard: Watchdog, tls: Callable[[], ssl.SSLContext]) -> None:
        self._guard = guard
        self._tls = tls
        self._pools: list[Any] = []
        super().__init__(pool_connections=8, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: bool | str,
        cert: str | tuple[str, str] | None = None,
    ) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            pool["ssl_context"] = self._tls()
        return host, pool

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> Any:
        pool: Any = (
            super().get_connection_with_tls_context(request, verify, proxies, cert)
            if proxies
            else self._pool(urlsplit(str(request.url)))
        )
        pool.guard = self._guard
        self._pools.append(pool)
        return pool

    def _pool(self, url: SplitResult) -> _Pool | _TlsPool:
        """As the pool manager would make it, which first works out under which key to keep it for others."""
        if url.scheme == "https":
            return _TlsPool(str(url.hostname), url.port or 443, ssl_context=self._tls(), cert_reqs="CERT_REQUIRED")
        return _Pool(str(url.hostname), url.port or 80)

    def close(self) -> None:
        """Close every connection now. urllib3 leaves them to the garbage collector, which a kept error delays."""
        for pool in self._pools:
            pool.close()
        self._pools.clear()
        super().close()

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The shared context has its trusted certificates already; reading the bundle for each fetch costs 20 ms."""
        conn.cert_reqs = "CERT_REQUIRED"
