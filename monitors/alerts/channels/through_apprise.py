"""Any service that Apprise knows, for those that have no channel of their own.

Apprise (https://github.com/caronc/apprise) says only whether it worked, so everything that fails is tried again. It is
not one of our dependencies: Prefect brings it, and it takes a second to import, so that happens at the first send.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any

from monitors.alerts.facts import Facts
from monitors.alerts.message import Message
from monitors.alerts.rendering import Templates
from monitors.errors import ChannelError

CHARACTERS = 2000
"""Within the limit of nearly every service; Apprise cuts or splits what is too long."""


class ThroughApprise:
    """Notifies the service at `address`, which is asked for at each send."""

    def __init__(
        self, channel: str, address: Callable[[], str], templates: Templates, facts: Callable[[Message], Facts]
    ) -> None:
        self.channel = channel
        self._address = address
        self._templates = templates
        self._facts = facts

    def send(self, key: str, message: Message) -> None:
        """Notify of `message`. Raises ChannelError."""
        facts = self._facts(message)
        apprise = self._library()
        service = self._service(apprise)
        body = self._templates.fitting("apprise.txt", facts, CHARACTERS) or facts.headline
        kind = apprise.NotifyType.WARNING if facts.urgent else apprise.NotifyType.INFO
        try:
            taken = service.notify(
                body=body, title=facts.headline, notify_type=kind, body_format=apprise.NotifyFormat.TEXT
            )
        except Exception as error:  # plugins raise what they like, and its text can hold the address
            raise ChannelError(
                self.channel, f"Apprise failed ({type(error).__name__}); it will be tried again", retry=True
            ) from None
        if not taken:
            raise ChannelError(self.channel, "the service did not take it, Apprise says no more; it will be tried "
                               "again", retry=True)  # fmt: skip

    def _library(self) -> Any:
        try:
            library = importlib.import_module("apprise")
        except ImportError:
            raise ChannelError(self.channel, "Apprise is not installed: pip install apprise", retry=False) from None
        logging.getLogger("apprise").setLevel(logging.WARNING)  # at debug level it logs addresses and headers
        return library

    def _service(self, apprise: Any) -> Any:
        asset = apprise.AppriseAsset(
            app_id="Wirewatch", app_desc="Wirewatch", plugin_paths=[], storage_mode=apprise.PersistentStoreMode.MEMORY
        )
        service = apprise.Apprise(asset=asset)
        if not service.add(self._address()):
            raise ChannelError(self.channel, "Apprise does not know the service at its address", retry=False)
        return service
