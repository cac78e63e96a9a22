"""The channels of a monitor, ready to send."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from monitors.alerts.channels.file import JsonLinesFile
from monitors.alerts.channels.terminal import Terminal
from monitors.alerts.message import Message
from monitors.definition.model import FileChannel, Monitor


class Channel(Protocol):
    """Takes one message at a time. A channel does not retry by itself: the outbox does."""

    def send(self, key: str, message: Message) -> None:
        """Send `message`; `key` stays the same over retries. Raises ChannelError."""


def open_channels(monitor: Monitor, archive_path: Path | str, stream: TextIO) -> dict[str, Channel]:
    """Every channel of `monitor` by its id. Terminal channels write to `stream`.

    A relative path of a file channel lies in the folder of the archive (in the working folder for ":memory:").
    """
    zone = ZoneInfo(monitor.policy.timezone)
    folder = Path(archive_path).parent
    channels: dict[str, Channel] = {}
    for channel in monitor.channels:
        if isinstance(channel, FileChannel):
            channels[channel.id] = JsonLinesFile(channel.id, folder / channel.path)
        else:
            channels[channel.id] = Terminal(channel.id, stream, zone)
    return channels
