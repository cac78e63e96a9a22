"""prefect.yaml says what Prefect understands: Prefect passes over a misspelt key without a word."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = Path(__file__).parents[2] / "prefect.yaml"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Interval(Strict):
    slug: str = Field(pattern="^[a-z-]+$")
    interval: int = Field(ge=60)
    active: bool


class Cron(Strict):
    slug: str = Field(pattern="^[a-z-]+$")
    cron: str = Field(pattern=r"^\S+( \S+){4}$")
    timezone: str
    active: bool


class Limit(Strict):
    limit: int = Field(ge=1)
    collision_strategy: Literal["CANCEL_NEW", "ENQUEUE"]
    grace_period_seconds: int = Field(default=600, ge=60, le=86400)


class Pool(Strict):
    name: str
    job_variables: dict[str, Any]


class Deployment(Strict):
    name: str
    entrypoint: str = Field(pattern=r"^flows/[a-z_]+\.py:[a-z_]+$")
    description: str
    tags: list[str]
    parameters: dict[str, Any]
    work_pool: Pool
    concurrency_limit: Limit
    schedules: list[Interval | Cron]


class Project(Strict):
    name: Literal["wirewatch"]
    prefect_version: str = Field(alias="prefect-version")
    pull: list[dict[Literal["prefect.deployments.steps.set_working_directory"], dict[Literal["directory"], str]]]
    definitions: dict[Literal["work_pool"], Any]
    deployments: list[Deployment]


def project() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return loaded


def flow_of(deployment: Deployment) -> Any:
    file, name = deployment.entrypoint.split(":")
    return getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)


DEPLOYMENTS = Project.model_validate(project()).deployments


def test_a_misspelt_key_would_be_noticed() -> None:
    wrong = project()
    wrong["deployments"][0]["concurency_limit"] = {"limit": 1}
    with pytest.raises(ValidationError, match="concurency_limit"):
        Project.model_validate(wrong)


def test_prefect_itself_reads_the_version_that_is_installed() -> None:
    from prefect import __version__

    assert project()["prefect-version"] == __version__


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment.name)
def test_entrypoint_is_a_flow_that_takes_the_parameters(deployment: Deployment) -> None:
    from prefect import Flow

    flow = flow_of(deployment)
    assert isinstance(flow, Flow)
    assert flow.name == deployment.name
    assert deployment.parameters.keys() <= inspect.signature(flow.fn).parameters.keys()
    assert deployment.parameters.items() <= flow.validate_parameters(deployment.parameters).items()


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment.name)
def test_each_parameter_is_explained_to_whoever_starts_a_run(deployment: Deployment) -> None:
    from prefect.utilities.callables import parameter_schema

    properties = parameter_schema(flow_of(deployment).fn).properties
    assert deployment.parameters.keys() <= properties.keys()
    assert all(prop.get("description") for prop in properties.values()), properties


def test_cancel_new_only_where_the_interval_leaves_room() -> None:
    # Prefect looks ten seconds ahead, and takes a run that is about to start for a collision.
    for deployment in DEPLOYMENTS:
        if deployment.concurrency_limit.collision_strategy == "CANCEL_NEW":
            intervals = [one.interval for one in deployment.schedules if isinstance(one, Interval)]
            assert min(intervals, default=60) >= 60, deployment.name


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment.name)
def test_no_run_goes_on_for_ever(deployment: Deployment) -> None:
    assert 60 <= flow_of(deployment).timeout_seconds <= 7200


@pytest.mark.slow
@pytest.mark.xdist_group("prefect")
@pytest.mark.timeout(180)
def test_prefect_deploys_all_of_it(server: None) -> None:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    environment = os.environ | {"PREFECT_API_URL": str(PREFECT_API_URL.value()), "WIREWATCH_CHECKOUT": str(FILE.parent)}
    for arguments in (["work-pool", "create", "wirewatch", "--type", "process"], ["--no-prompt", "deploy", "--all"]):
        subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=FILE.parent,
            env=environment,
            check=True,
            capture_output=True,
            timeout=120,
        )
    with get_client(sync_client=True) as client:
        there = {deployment.name: deployment for deployment in client.read_deployments()}
    assert there.keys() >= {deployment.name for deployment in DEPLOYMENTS}
    for deployment in DEPLOYMENTS:
        found = there[deployment.name]
        assert found.concurrency_options is not None
        assert found.concurrency_options.collision_strategy == deployment.concurrency_limit.collision_strategy
        assert [schedule.slug for schedule in found.schedules] == [schedule.slug for schedule in deployment.schedules]
        assert set(found.parameter_openapi_schema["properties"]) >= deployment.parameters.keys()
