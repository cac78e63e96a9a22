"""A dead man's switch: a good run asks for an address, and whoever keeps it rings when that stops.

Services such as Healthchecks (https://healthchecks.io/docs/http_api/) do. Nothing else tells that the machine is off.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping

from monitors.alerts.channels.hiding import hide_address
from monitors.definition.model import Monitor
from monitors.definition.secret_references import MissingSecret, read_secret
from monitors.feeds.failure import FetchError
from monitors.feeds.fetch import Fetcher

_log = logging.getLogger(__name__)

SECONDS = 10.0
"""A run waits no longer for the answer."""


def ping(monitor: Monitor, environment: Mapping[str, str] | None = None) -> bool:
    """Request the policy's `ping_url`, if it has one; whether it answered 200.

    A failure is logged, without the address, which is a secret of its own, and never raised.
    """
    address = monitor.policy.ping_url
    if address is None:
        return False
    try:
        url = hide_address(read_secret(address, os.environ if environment is None else environment))
        polling = monitor.polling.model_copy(update={"deadline": min(SECONDS, monitor.polling.deadline)})
        Fetcher(polling).fetch(url)
    except MissingSecret as error:
        _log.warning("ping_url: %s", error)
        return False
    except FetchError as error:
        _log.warning("ping_url: the request failed: %s", error.outcome)
        return False
    return True
