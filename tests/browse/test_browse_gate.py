"""Who may ask, for what, from where; and the headers that every answer carries."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitors.browse.gate import HEADERS, hostname
from monitors.browse.passwords import check_form, fits, hashed
from monitors.browse.serve import check_exposure
from monitors.browse.settings import Settings
from monitors.errors import InputError


@pytest.mark.parametrize("address", ["/now", "/now.json", "/nothing", "/static/style.css", "/search?q=-x", "/"])
def test_every_answer_has_the_headers(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_refusals_and_failures_have_them_too(browsing: Any, tmp_path: Any) -> None:
    for answer in (
        browsing().get("/now", headers={"Host": "evil.example"}),
        browsing().post("/now"),
        browsing(archive=tmp_path / "none.db").get("/now"),
        browsing(clock=lambda: 1 / 0).get("/now"),
    ):
        assert answer.status_code in (421, 403, 503, 500)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8765", "", "localhost@evil.example", "a b", "[::1"]
)
def test_a_foreign_host_is_misdirected(client: TestClient, host: str) -> None:
    assert client.get("/now", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "LOCALHOST:1", "[::1]:8765"])
def test_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/now", headers={"Host": host}).status_code == 200


def test_host_names_are_read_without_port_and_brackets() -> None:
    assert [hostname(text) for text in ("A.example:80", "[::1]:1", "x/y", "x@y")] == ["a.example", "::1", "", ""]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://127.0.0.1:8765"}, 405),
        ({"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}, 405),
        ({"Sec-Fetch-Site": "same-origin"}, 405),
        ({"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 405),  # what Chromium sends under no-referrer
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({}, 403),
    ],
)
def test_a_form_must_come_from_here(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/now", headers=headers).status_code == status


def test_a_password_is_asked_for_and_checked(browsing: Any) -> None:
    client = browsing(password_hash=hashed("desk", "correct horse"))
    refused = client.get("/now")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert client.get("/static/style.css").status_code == 401
    assert client.get("/now", auth=("desk", "wrong horse")).status_code == 401
    assert client.get("/now", auth=("else", "correct horse")).status_code == 401
    assert [client.get("/now", auth=("desk", "correct horse")).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("given", ["", "Basic", "Basic !!", "Bearer x", "Basic /w==", "Basic OnBhc3N3b3Jk"])
def test_what_is_no_password_fits_nothing(given: str) -> None:
    assert not fits(hashed("desk", "password"), given)


def test_hashes_are_salted_and_hold_no_password() -> None:
    one, other = hashed("desk", "password"), hashed("desk", "password")
    assert one != other
    assert "password" not in one.removeprefix("desk")
    assert check_form(f"{one}\n") == one


@pytest.mark.parametrize("line", ["", "desk:password", "desk:scrypt$3$8$1$00$00"])
def test_a_file_that_is_no_password_file_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="wirewatch password"):
        check_form(line)


def test_a_proxy_must_name_who_asks(browsing: Any) -> None:
    client = browsing(user_header="X-Remote-User")
    assert client.get("/now").status_code == 403
    assert client.get("/now", headers={"X-Remote-User": "ada"}).status_code == 200


def test_others_are_let_in_only_when_somebody_asks_who_they_are(settings: Settings) -> None:
    for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
        check_exposure(host, settings)
    for host in ("0.0.0.0", "192.0.2.1", "::", "archive.example"):
        with pytest.raises(InputError, match="--password-file"):
            check_exposure(host, settings)
