"""The pages as a web application (ASGI)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from monitors.browse import metrics, visits
from monitors.browse.actions import ACTIONS, HOURS, act
from monitors.browse.asked import Asked, Found, NothingThere, address
from monitors.browse.gate import Gate
from monitors.browse.pages import PAGES, Page
from monitors.browse.reading import TooSlow, opened
from monitors.browse.settings import Settings
from monitors.browse.templating import templates
from monitors.browse.twins import TYPES, WRITERS
from monitors.errors import ArchiveBusy, ArchiveError, InputError, WirewatchError

Handler = Callable[[Request], Any]
_FIELDS = 10
"""Fields of a form that are read."""


def application(settings: Settings) -> Gate:
    """The pages over one archive, behind the gate that every request passes, those that fail too."""
    made = _Pages(settings)
    # Twins come before pages: a situation's address would take their suffix for its own.
    routes: list[BaseRoute] = [Route("/", _home), Route("/metrics", metrics.handler(settings))]
    routes += [Route(f"{page.path}.{suffix}", made.twin(page, suffix)) for page in PAGES for suffix in page.twins]
    routes += [Route(page.path, made.page(page), name=page.name) for page in PAGES]
    if settings.actions:
        routes += [Route(f"/actions/{name}", made.action(name), methods=["POST"]) for name in ACTIONS]
    routes.append(Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")))
    handlers: dict[Any, Callable[[Request, Exception], Any]] = {
        WirewatchError: made.refuse,
        HTTPException: made.refuse,
        Exception: _fail,
    }
    return Gate(Starlette(routes=routes, exception_handlers=handlers), settings)


async def _home(request: Request) -> Response:
    return RedirectResponse("/now", HTTPStatus.FOUND)


async def _fail(request: Request, error: Exception) -> Response:
    """The last stop: the server's log has what happened, the reader is told that it did."""
    return PlainTextResponse("500: this page could not be made; the terminal that serves it says why\n", 500)


class _Pages:
    """Handlers that share the settings and the templates."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = templates(settings)

    def page(self, page: Page) -> Handler:
        def handle(request: Request) -> Response:
            visit = visits.read(request.cookies.get(visits.NAME)) if page.name == "now" else None
            with opened(self._settings) as archive:
                asked = self._asked(archive, request)
                if page.name == "now" and "since" not in asked.query:
                    latest = archive.values("select coalesce(max(id), 0) from developments")[0][0]
                    now_visit = visits.look(visit, latest, asked.now)
                    if visit is not None:
                        asked = Asked(archive, self._settings, asked.now, {}, {"since": str(now_visit.base)})
                found = page.make(asked)
            response = self._html(request, page.name, found, asked, twins=page.twins)
            if page.name == "now" and request.headers.get("sec-fetch-site") not in ("cross-site", "same-site"):
                visit = visits.look(visit, found.data["latest"], asked.now)
                response.set_cookie(
                    visits.NAME, visit.text(), max_age=365 * 86400, path="/now", httponly=True, samesite="strict"
                )
            return response

        return handle

    def twin(self, page: Page, suffix: str) -> Handler:
        def handle(request: Request) -> Response:
            path = request.url.path.removesuffix(f".{suffix}")
            with opened(self._settings) as archive:
                asked = self._asked(archive, request)
                found = page.make(asked)
                body = WRITERS[suffix](asked, found, path)
            headers = {}
            if found.after is not None:
                headers["Link"] = f'<{address(quote(f"{path}.{suffix}"), found.after)}>; rel="next"'
            if suffix in ("csv", "ics"):
                headers["Content-Disposition"] = f'attachment; filename="wirewatch-{page.name}.{suffix}"'
            return Response(body, headers=headers, media_type=TYPES[suffix])

        return handle

    def action(self, name: str) -> Handler:
        async def handle(request: Request) -> Response:
            form = await self._form(request)
            target = await run_in_threadpool(act, name, form, self._who(request), self._settings)
            return RedirectResponse(target, HTTPStatus.SEE_OTHER)

        return handle

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error as a page that says what to do."""
        code, words = _meaning(error)
        values = {"code": code, "phrase": HTTPStatus(code).phrase, "words": words, "path": request.url.path}
        headers = {"Retry-After": "5"} if code == HTTPStatus.SERVICE_UNAVAILABLE else {}
        if any(request.url.path.endswith(f".{suffix}") for suffix in TYPES):
            return PlainTextResponse(f"{code}: {words}\n", code, headers)
        return HTMLResponse(self._templates.get_template("refused.html").render(values, section=""), code, headers)

    def _asked(self, archive: Any, request: Request) -> Asked:
        return Asked(archive, self._settings, self._settings.clock(), request.path_params, dict(request.query_params))

    def _html(self, request: Request, name: str, found: Found, asked: Asked, twins: tuple[str, ...]) -> HTMLResponse:
        path, query = request.url.path, dict(asked.query)
        kept = {k: v for k, v in query.items() if k not in ("before", "after")}
        text = self._templates.get_template(f"{name}.html").render(
            found.data,
            page=name,
            section=path.split("/")[1],
            path=path,
            now=asked.now,
            hours=HOURS,
            here=address(path, query),
            after=None if found.after is None else address(path, found.after),
            twins=[(suffix, address(f"{path}.{suffix}", kept)) for suffix in twins],
        )
        return HTMLResponse(text)

    async def _form(self, request: Request) -> dict[str, str]:
        """The fields of a form. Raises InputError for one that is too large."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._settings.limits.body:
                raise InputError("form: it is larger than any of ours")
        try:
            return dict(parse_qsl(body.decode(), max_num_fields=_FIELDS))
        except ValueError:
            raise InputError("form: it is none of ours") from None

    def _who(self, request: Request) -> str:
        """Who asks, for the record: as the proxy says, by the password, or just a reader."""
        if self._settings.user_header:
            return request.headers.get(self._settings.user_header, "")[:100]
        if self._settings.password_hash:
            credentials = request.headers["authorization"].partition(" ")[2]
            return base64.b64decode(credentials).decode().partition(":")[0]
        return "a reader of the pages"


def _meaning(error: Exception) -> tuple[int, str]:
    """The status of an error, and what the reader can do."""
    match error:
        case HTTPException(status_code=404):
            return 404, "there is no such page; the links above lead to those there are"
        case HTTPException(status_code=405):
            return 405, "this address takes no such request"
        case HTTPException():
            return error.status_code, error.detail
        case NothingThere():
            return 404, f"{error}; search may find what you look for"
        case InputError():
            return 400, str(error)
        case TooSlow() | ArchiveBusy() | ArchiveError():
            return 503, str(error)
        case _:
            return 500, str(error)
