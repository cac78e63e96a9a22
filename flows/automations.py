"""Sets up automations on a Prefect server from files: `python -m flows.automations FILE…`.

A file is an automation as Prefect's page shows it, but for two things that have another id on each server: an action
names its deployment by the flow, and its block is the one given with `--block`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from flows.settings import settle_here
from monitors.errors import InputError, WirewatchError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


def apply(client: SyncPrefectClient, file: Path, block: str | None = None) -> str:
    """Make the automation of `file`, or bring the one of its name up to date; what was done, in words.

    `block` is a notification block as "type/name". Raises InputError for a file that Prefect does not take, and
    WirewatchError when the server has no such deployment or block.
    """
    from prefect.events.schemas.automations import AutomationCore
    from pydantic import ValidationError

    try:
        content = yaml.safe_load(file.read_text("utf-8"))
        for action in content["actions"]:
            if flow := action.pop("deployment", None):
                action["deployment_id"] = _deployment(client, flow)
            if action.pop("block", None):
                action["block_document_id"] = _block(client, file, block)
        automation = AutomationCore.model_validate(content)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise InputError(f"{file}: not an automation: {error}") from error
    there = client.read_automations_by_name(automation.name)
    if not there:
        client.create_automation(automation)
        return f"{automation.name}: made"
    client.update_automation(there[0].id, automation)
    return f"{automation.name}: brought up to date"


def _deployment(client: SyncPrefectClient, flow: str) -> str:
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName

    found = client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=[flow])))
    if not found:
        raise WirewatchError(f"the server has no deployment of the flow {flow}; run prefect deploy --all first")
    return str(found[0].id)


def _block(client: SyncPrefectClient, file: Path, block: str | None) -> str:
    from prefect.exceptions import ObjectNotFound

    kind, _, name = (block or "").partition("/")
    if not name:
        raise InputError(f"{file}: name the block that notifies, as --block slack-webhook/desk")
    try:
        return str(client.read_block_document_by_name(name, kind).id)
    except ObjectNotFound:
        raise WirewatchError(f"the server has no block {block}; make it on Prefect's page, under Blocks") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m flows.automations", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--block", metavar="TYPE/NAME", help="the block that notifications go through")
    given = parser.parse_args(arguments)
    try:
        if not os.environ.get("PREFECT_API_URL"):
            raise InputError("set PREFECT_API_URL: Prefect's page, which wirewatch schedule names, and /api")
        settle_here(verbose=False)
        # Prefect reads its settings when it is imported, so they come first.
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            for file in given.files:
                print(apply(client, file, given.block))
    except WirewatchError as error:
        print(f"wirewatch: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:
        print(f"wirewatch: {error.filename or 'server'}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
