"""Serving the pages from this process until it is stopped."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable

import uvicorn
from anyio import to_thread

from monitors.browse.app import application
from monitors.browse.settings import LOOPBACK, Settings
from monitors.errors import InputError, WirewatchError


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens at `host`."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_exposure(host: str, settings: Settings) -> None:
    """Raise InputError when the pages would be open to others without anybody asked who they are."""
    if not is_loopback(host) and not settings.password_hash and not settings.user_header:
        raise InputError(
            f"--host {host}: others can reach that address, so say how they are known: --password-file FILE, or "
            "--user-header NAME for a proxy in front that names who asks"
        )


def serve(settings: Settings, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. Port 0 takes a free one. `tell` is called with the address once it is bound.

    Raises InputError for an address that others reach without a password, WirewatchError when it cannot be bound.
    """
    check_exposure(host, settings)
    listener = _bound(host, port)
    name = f"[{host}]" if ":" in host else host
    tell(f"http://{name}:{listener.getsockname()[1]}/")
    configuration = uvicorn.Config(
        application(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        limit_concurrency=100,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
    )
    with listener:
        asyncio.run(_serve(uvicorn.Server(configuration), listener, settings.limits.at_once))


async def _serve(server: uvicorn.Server, listener: socket.socket, at_once: int) -> None:
    to_thread.current_default_thread_limiter().total_tokens = at_once  # Starlette makes pages in these threads
    await server.serve(sockets=[listener])


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)  # from here on a browser that is quick waits instead of being refused
    except OSError as error:
        raise WirewatchError(
            f"browse: {host} port {port} cannot be used ({error.strerror or error}); another one: --port"
        ) from error
    return listener
