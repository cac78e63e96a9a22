"""A server on loopback that speaks as one with a language model does, and answers what a test wants, also nonsense."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `wait`: seconds before it; `pause`: seconds between its bytes. `raw`: this instead of HTTP."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    pause: float = 0.0
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it came."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def user(self) -> str:
        said: str = self.body["messages"][1]["content"]
        return said

    @property
    def sentence(self) -> str:
        """What stands between the marks."""
        return self.user.split(" SENTENCE\n", 1)[1].rsplit("\n", 1)[0]

    @property
    def choices(self) -> list[str]:
        listed: list[str] = self.body["response_format"]["json_schema"]["schema"]["properties"]["choice"]["enum"]
        return listed


@dataclass
class FakeModel:
    """`answer` makes the reply to each question; what was put is kept."""

    answer: Callable[[Put], Reply]
    put: list[Put] = field(default_factory=list)
    url: str = ""


def completion(content: object, **more: Any) -> Reply:
    """A chat completion whose message is `content`; what is no text is written as JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content, ensure_ascii=False)
    message = {"role": "assistant", "content": text}
    return Reply(
        json.dumps({"object": "chat.completion", "choices": [{"index": 0, "message": message}]}).encode(), **more
    )


def says(choice: str, quotation: str | None = None) -> Callable[[Put], Reply]:
    """Answers as it should: `choice`, with the beginning of the sentence unless another quotation is given."""
    return lambda put: completion(
        {"choice": choice, "quotation": put.sentence[:20] if quotation is None else quotation}
    )


@contextmanager
def fake_model(answer: Callable[[Put], Reply]) -> Iterator[FakeModel]:
    model = FakeModel(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            put = Put(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(body))
            model.put.append(put)
            reply = model.answer(put)
            time.sleep(reply.wait)
            if reply.raw is not None:
                self.wfile.write(reply.raw)
                return
            try:
                self.send_response_only(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for number in range(0, len(reply.body), 1 if reply.pause else 65536):
                    self.wfile.write(reply.body[number : number + (1 if reply.pause else 65536)])
                    time.sleep(reply.pause)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """The server says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
