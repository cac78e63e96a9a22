"""The terminal channel: an alert as a few lines on a stream."""

from __future__ import annotations

from datetime import tzinfo
from typing import TextIO

from rich.console import Console
from rich.text import Text

from monitors.alerts.message import Message, to_lines
from monitors.errors import ChannelError


class Terminal:
    """Writes alerts to `stream`, in colour only if that is a terminal. Times are shown in `zone`."""

    def __init__(self, channel: str, stream: TextIO, zone: tzinfo) -> None:
        self.channel = channel
        self._stream = stream
        self._zone = zone

    def send(self, key: str, message: Message) -> None:
        """Write `message`. Raises ChannelError (retry) when the stream does not take it."""
        first, *rest = (self._encodable(line) for line in to_lines(message, self._zone))
        mark = "!!" if message.priority == "urgent" else "!"
        block = Text()
        block.append(f"{mark} {first}\n", style="bold red" if message.priority == "urgent" else "bold yellow")
        for line in rest:
            block.append(f"  {line}\n")
        try:
            # Text carries no markup, so brackets in a title stay brackets.
            Console(file=self._stream, highlight=False, soft_wrap=True).print(block, end="")
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise ChannelError(self.channel, f"the terminal takes no text ({error})", retry=True) from error

    def _encodable(self, line: str) -> str:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return line.encode(encoding, "replace").decode(encoding, "replace")
