"""The one HTTP policy: who we say we are, redirects, addresses, encryption, and the distance between requests."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from documents import healthy, polling
from fault_server import Conversation, FaultServer, answer, redirect, says

from monitors.feeds.failure import FetchError
from monitors.feeds.fetch import Fetcher
from monitors.feeds.refusals import retry_after


def failure(url: str, fetcher: Fetcher | None = None) -> FetchError:
    with pytest.raises(FetchError) as caught:
        (fetcher or Fetcher(polling())).fetch(url)
    return caught.value


@pytest.fixture
def server() -> Iterator[FaultServer]:
    scripts = {
        "/feed": says(answer(healthy(), ETag='"v1"')),
        "/moved": redirect("/feed", "301 Moved Permanently"),
        "/moved-twice": redirect("/moved", "308 Permanent Redirect"),
        "/mixed": redirect("/moved", "302 Found"),
        "/away": redirect("/feed", "307 Temporary Redirect"),
    }
    with FaultServer(scripts) as running:
        yield running


def test_we_say_who_we_are_and_ask_for_gzip_only() -> None:
    heard: list[Conversation] = []

    def script(talk: Conversation) -> None:
        heard.append(talk)
        talk.send(answer(healthy()))

    with FaultServer({"/feed": script}) as server:
        Fetcher(polling(contact="https://desk.example/about")).fetch(
            server.url("/feed"), etag='W/"a b"', last_modified="Mon, 25 Aug 2025 06:00:00 GMT"
        )
    (talk,) = heard
    agent = talk.header("User-Agent") or ""
    assert agent.startswith("wirewatch/")
    assert agent.endswith("(+https://desk.example/about)")
    assert talk.header("Accept-Encoding") == "gzip"
    assert talk.header("If-None-Match") == 'W/"a b"'
    assert talk.header("If-Modified-Since") == "Mon, 25 Aug 2025 06:00:00 GMT"


@pytest.mark.parametrize(
    ("path", "permanent"),
    [("/feed", False), ("/moved", True), ("/moved-twice", True), ("/mixed", False), ("/away", False)],
)
def test_a_move_is_permanent_only_if_every_hop_was(path: str, permanent: bool, server: FaultServer) -> None:
    response = Fetcher(polling()).fetch(server.url(path))
    assert response.url == server.url("/feed")
    assert response.redirected_permanently is permanent
    assert response.body == healthy()
    assert response.headers["etag"] == '"v1"'


def test_a_cookie_that_comes_with_a_redirect_goes_back_to_its_host_only(server: FaultServer) -> None:
    given: list[str | None] = []

    def asks_for_it(talk: Conversation) -> None:
        given.append(talk.header("Cookie"))
        talk.send(answer(healthy()))

    server.scripts["/inside"] = asks_for_it
    away = server.url("/inside", "localhost")
    for path, target in (("/door", "/inside"), ("/out", away)):
        server.scripts[path] = says(
            f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nSet-Cookie: seen=1; Path=/\r\n\r\n".encode()
        )
    fetcher = Fetcher(polling(allow_private=("127.0.0.1", "localhost")))
    for path in ("/door", "/out", "/inside"):
        fetcher.fetch(server.url(path))
    assert given == ["seen=1", None, None]


def test_the_body_of_a_redirect_is_not_waited_for(server: FaultServer) -> None:
    def drips(talk: Conversation) -> None:
        talk.send(b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nContent-Length: 1000\r\n\r\n")
        talk.drip(b"x" * 1000)

    server.scripts["/drip"] = drips
    assert Fetcher(polling(deadline=3.0)).fetch(server.url("/drip")).body == healthy()


def test_addresses_in_other_scripts_are_requested_escaped(server: FaultServer) -> None:
    path = "/%EC%86%8D%EB%B3%B4"
    server.scripts[path] = says(answer(healthy()))
    server.scripts["/to-korean"] = says(
        b"HTTP/1.1 302 Found\r\nLocation: " + "/속보".encode() + b"\r\nContent-Length: 0\r\n\r\n"
    )
    assert Fetcher(polling()).fetch(server.url("/속보")).status == 200
    assert Fetcher(polling()).fetch(server.url("/to-korean")).status == 200
    assert server.seen == [path, "/to-korean", path]


def test_a_private_address_is_refused_unless_its_host_is_allowed(server: FaultServer) -> None:
    refused = failure(server.url("/feed"), Fetcher(polling(allow_private=())))
    assert refused.outcome == "refused-address"
    assert "allow_private" in refused.detail
    assert failure(server.url("/feed"), Fetcher(polling(allow_private=("localhost",)))).outcome == "refused-address"
    assert server.seen == []
    assert Fetcher(polling(allow_private=("LOCALHOST",))).fetch(server.url("/feed", "localhost")).status == 200


@pytest.mark.parametrize(
    "host", ["2130706433", "127.1", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "LOCALHOST."]
)
def test_a_private_address_is_refused_however_it_is_written(host: str, server: FaultServer) -> None:
    assert failure(server.url("/feed", host), Fetcher(polling(allow_private=()))).outcome == "refused-address"
    server.scripts["/out"] = redirect(server.url("/feed", host))
    refused = failure(server.url("/out"), Fetcher(polling(allow_private=("127.0.0.1",))))
    assert refused.outcome == "refused-address"
    assert "/feed" not in server.seen


def test_a_private_address_is_refused_after_a_redirect_too(server: FaultServer) -> None:
    server.scripts["/out"] = redirect(server.url("/feed", "localhost"))
    assert failure(server.url("/out"), Fetcher(polling(allow_private=("127.0.0.1",)))).outcome == "refused-address"
    assert server.seen == ["/out"]


@pytest.mark.parametrize(
    "url",
    ["ftp://news.example/", "file:///etc/passwd", "news.example", "http://", "http:///x", "http://a b/", "http://a\\b/",
     "http://a/\nb", "http://[::1/", "http://a:99999/", "javascript:alert(1)", "http://a/" + "x" * 2048, ""],
)  # fmt: skip
def test_only_web_addresses_are_requested(url: str) -> None:
    assert failure(url).outcome == "bad-url"


def test_no_fetch_begins_after_the_end_of_the_run(server: FaultServer) -> None:
    assert failure(server.url("/feed"), Fetcher(polling(), stop_at=time.monotonic() - 1)).outcome == "not-polled"
    assert server.seen == []


def test_retry_after_is_read_in_both_forms_and_bounded() -> None:
    now = datetime(2025, 8, 25, 6, 0, tzinfo=UTC)
    late = "Mon, 25 Aug 2025 10:05:00 GMT"
    assert retry_after({"retry-after": "120"}, now) == 120
    assert retry_after({"retry-after": "9999999"}, now) == 86400
    assert retry_after({"retry-after": late, "date": "Mon, 25 Aug 2025 10:00:00 GMT"}, now) == 300
    assert retry_after({"retry-after": "Mon, 25 Aug 2025 06:01:00 GMT"}, now) == 60
    assert retry_after({"retry-after": "Mon, 25 Aug 2025 01:00:00 GMT"}, now) == 0
    assert retry_after({"retry-after": "Monday, 25-Aug-25 06:01:00 GMT"}, now) == 60
    assert retry_after({"retry-after": "Mon Aug 25 06:01:00 2025"}, now) == 60
    assert retry_after({"retry-after": "-5"}, now) is None
    assert retry_after({"retry-after": "soon"}, now) is None
    assert retry_after({}, now) is None


def test_redirects_to_one_host_keep_their_distance(server: FaultServer) -> None:
    came: list[float] = []

    def script(talk: Conversation) -> None:
        came.append(time.monotonic())
        talk.send(answer(healthy()))

    with FaultServer({"/feed": script}) as target:
        server.scripts["/there"] = redirect(target.url("/feed"))
        fetcher = Fetcher(polling(per_host_delay=0.3))
        for _ in range(3):
            fetcher.fetch(server.url("/there"))
        assert came[1] - came[0] >= 0.28, "the server hears of a request a little after it began"
        assert came[2] - came[1] >= 0.28
        late = failure(server.url("/there"), Fetcher(polling(per_host_delay=0.3), stop_at=time.monotonic() - 1))
        assert late.outcome == "not-polled"
        hurried = Fetcher(polling(per_host_delay=60, deadline=2))
        hurried.fetch(target.url("/feed"))
        began = time.monotonic()
        assert failure(server.url("/there"), hurried).outcome == "not-polled"
        assert time.monotonic() - began < 1
    assert len(came) == 4


def test_no_connection_is_left_open(server: FaultServer) -> None:
    fetcher = Fetcher(polling())
    open_files = Path("/proc/self/fd")
    if not open_files.exists():
        pytest.skip("counts open files under /proc")
    fetcher.fetch(server.url("/feed"))
    before = len(list(open_files.iterdir()))
    kept = []
    for path in ("/feed", "/moved-twice", "/none", "/feed") * 5:
        if path == "/none":
            kept.append(failure(server.url(path), fetcher))
        else:
            fetcher.fetch(server.url(path))
    for _ in range(20):  # the server's own ends close a moment later
        if len(list(open_files.iterdir())) <= before + 2:
            break
        time.sleep(0.1)
    assert len(list(open_files.iterdir())) <= before + 2, "a kept error must not keep its connection"
    assert len(kept) == 5


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name` and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    cert_file.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[FaultServer, Path]]:
    cert, key = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    def drip(talk: Conversation) -> None:
        talk.drip(answer(healthy()))

    with FaultServer({"/feed": says(answer(healthy())), "/drip": drip}, tls=context) as running:
        yield running, cert


def test_encryption_is_checked(tls_server: tuple[FaultServer, Path]) -> None:
    server, cert = tls_server
    trusting = Fetcher(polling(), tls=ssl.create_default_context(cafile=str(cert)))
    assert trusting.fetch(server.url("/feed", "localhost")).body == healthy()
    wrong_name = failure(server.url("/feed"), trusting)
    assert wrong_name.outcome == "tls-failed"
    assert "mismatch" in wrong_name.detail
    assert failure(server.url("/feed", "localhost")).outcome == "tls-failed"


def test_a_dripping_encrypted_body_ends_at_the_deadline(tls_server: tuple[FaultServer, Path]) -> None:
    server, cert = tls_server
    trusting = Fetcher(polling(deadline=0.5), tls=ssl.create_default_context(cafile=str(cert)))
    began = time.monotonic()
    assert failure(server.url("/drip", "localhost"), trusting).outcome == "deadline"
    assert time.monotonic() - began < 1.5


def test_a_handshake_that_never_comes_ends_at_the_deadline() -> None:
    with FaultServer({}) as server:  # waits for a request and hears a greeting it does not understand
        began = time.monotonic()
        url = server.url("/feed").replace("http:", "https:")
        assert failure(url, Fetcher(polling(deadline=0.5))).outcome == "deadline"
        assert time.monotonic() - began < 1.5
