"""Which addresses may be connected to: only those on the public internet.

`ipaddress.is_global` alone is not enough (Python 3.11 says true for multicast and for several ranges that carry an IPv4
address inside IPv6), so translated forms are unwrapped and IPv6 must lie in the range given out for public use.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC = IPv6Network("2000::/3")
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


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
                and not any(address in tunnel for tunnel in _TUNNELS)
                and address.is_global
                and not address.is_multicast
            )
        address = inner
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
