"""Only public addresses are connected to, in whatever form a private one is written."""

from __future__ import annotations

import pytest

from monitors.feeds.addresses import is_private_by_name, is_public

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
    "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "192.0.0.8", "192.88.99.1", "64:ff9b::c058:6301", "64:ff9b::e000:1", "2002:c0a8:101::1",
    "2001::5ef5:73fb:f580:fefe", "3fff::1", "2001:20::1", "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:a00:1",
    "fec0::1", "::ffff:0:7f00:1",
    "2001:db8::1", "100::1", "", "news.example", "1.2.3", "2130706433",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2a00:1450::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public_also_inside_ipv6(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True), ("Localhost.", True), ("a.localhost", True), ("127.0.0.1", True), ("127.1", True),
        ("2130706433", True), ("0x7f.0.0.1", True), ("0177.0.0.1", True), ("[::1]", True), ("fe80::1%eth0", True),
        ("::ffff:10.0.0.1", True), ("169.254.169.254", True), ("1.1.1.1", False), ("[2606:4700::1111]", False),
        ("news.example", False), ("127.0.0.1.news.example", False), ("", False),
    ],
)  # fmt: skip
def test_a_private_address_is_known_in_every_way_of_writing_it(host: str, private: bool) -> None:
    assert is_private_by_name(host) is private
