"""Messages from templates, in a sandbox.

Whatever a template writes of a message is escaped by the environment, not by the template, so that one of the user's
cannot forget it. What is not text of a message (the template's own words and markup) goes out as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitors.alerts.facts import Facts, Link, shorter

Escape = Callable[[str], str]
Size = Callable[[str], int]


class Templates:
    """The templates of one channel. Those in `folder` go before the shipped ones of the same name.

    `escape` makes text harmless in the format of the channel, `link` a checked address.
    """

    def __init__(self, escape: Escape, link: Escape = str, folder: Path | None = None) -> None:
        self._escape = escape
        self._link = link
        self._shipped = self._environment(PackageLoader("monitors.alerts"))
        self._own = None if folder is None else self._environment(FileSystemLoader(folder))

    def render(self, name: str, facts: Facts) -> str:
        """The message by the template `name`.

        A fault in a template of the user's must not cost an alert: the shipped one takes its place and says so.
        """
        if self._own is not None:
            try:
                return _tidy(self._own.get_template(name).render(facts.values()))
            except TemplateNotFound as missing:
                if missing.name != name:
                    return self._in_its_place(name, facts, f"there is no template {missing.name}")
            except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
                return self._in_its_place(name, facts, type(error).__name__)
        return _tidy(self._shipped.get_template(name).render(facts.values()))

    def fitting(self, name: str, facts: Facts, limit: int, size: Size = len) -> str:
        """The message in at most `limit` by `size`: what it shows is made shorter, status and link last of all."""
        text = self.render(name, facts)
        if size(text) <= limit:
            return text
        for less in shorter(facts):
            text = self.render(name, less)
            if size(text) <= limit:
                return text
        return _cut(text, limit, size)

    def _in_its_place(self, name: str, facts: Facts, fault: str) -> str:
        text = self._shipped.get_template(name).render(facts.values())
        return f"{_tidy(text)}\n{self._escape(f'(your template {name} failed: {fault})')}"

    def _environment(self, loader: BaseLoader) -> ImmutableSandboxedEnvironment:
        def written(value: object) -> str:
            if isinstance(value, Link):
                return self._link(str(value))
            return "" if value is None else self._escape(str(value))

        return ImmutableSandboxedEnvironment(
            loader=loader,
            finalize=written,
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )


def faults(folder: Path) -> list[str]:
    """What is wrong with the templates in `folder`, as lines for a person."""
    environment = ImmutableSandboxedEnvironment(loader=FileSystemLoader(folder))
    found = []
    for name in environment.list_templates():
        try:
            environment.get_template(name)
        except TemplateError as error:
            found.append(f"{folder / name}: line {getattr(error, 'lineno', '?')}: {error}")
        except (OSError, UnicodeDecodeError) as error:
            found.append(f"{folder / name}: cannot be read ({type(error).__name__})")
    return found


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _cut(text: str, limit: int, size: Size) -> str:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle] + "…") <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…"
