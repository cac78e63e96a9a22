"""What deploy/ holds is well formed and names what is there: only its files are tried, no image and no cluster."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
TEMPLATE: dict[str, Any] = json.loads((DEPLOY / "kubernetes" / "job-template.json").read_text("utf-8"))
KNOWN_KEYS = frozenset(
    {"build", "command", "depends_on", "entrypoint", "environment", "healthcheck", "image", "init", "ports", "profiles"}
    | {"restart", "volumes"}
)
"""Keys of a service that we use, so that a misspelt one is noticed without Docker."""


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_waits_for_services_and_uses_volumes_that_are_there(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service.keys() <= KNOWN_KEYS
    assert ("image" in service) != ("build" in service)
    assert set(service.get("depends_on", ())) <= COMPOSE["services"].keys()
    assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= COMPOSE["volumes"].keys()


def test_the_database_is_postgresql_and_the_server_uses_it_with_its_password() -> None:
    database, server = COMPOSE["services"]["database"], COMPOSE["services"]["server"]
    assert database["image"].startswith("postgres:")
    user, name = database["environment"]["POSTGRES_USER"], database["environment"]["POSTGRES_DB"]
    url = server["environment"]["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert url == f"postgresql+asyncpg://{user}:${{POSTGRES_PASSWORD}}@database/{name}"


def test_nothing_is_open_to_other_machines() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_files_that_the_image_takes_are_there_and_what_it_runs_is_among_them() -> None:
    copied = [part for line in DOCKERFILE.splitlines() if line.startswith("COPY ") for part in line.split()[1:-1]]
    assert {"pyproject.toml", "requirements-dev.lock", "flows", "monitors", "seeds", "deploy/prefect"} <= set(copied)
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert re.search(r"^USER wirewatch$", DOCKERFILE, re.MULTILINE)
    for word in shlex.split(COMPOSE["services"]["deploy"]["command"][0]):
        if word.startswith("deploy/"):
            assert any(word.startswith(path) for path in copied)


def placeholders(value: Any) -> set[str]:
    return set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(value)))


def test_every_placeholder_of_the_job_template_has_a_variable() -> None:
    variables = TEMPLATE["variables"]["properties"]
    assert placeholders(TEMPLATE["job_configuration"]) == set(variables)
    assert all({"title", "description", "type"} <= variable.keys() for variable in variables.values())


def test_a_job_runs_as_nobody_special_keeps_the_archive_and_is_not_repeated_by_kubernetes() -> None:
    job = TEMPLATE["job_configuration"]["job_manifest"]
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    assert job["spec"]["backoffLimit"] == 0, "repeating is Prefect's business"
    pod = job["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    env = TEMPLATE["variables"]["properties"]["env"]["default"]
    assert env["WIREWATCH_ARCHIVE"].startswith(container["volumeMounts"][0]["mountPath"])


def test_the_claim_has_the_name_that_the_template_expects_and_one_writer() -> None:
    claim = yaml.safe_load((DEPLOY / "kubernetes" / "archive.yaml").read_text("utf-8"))
    assert claim["kind"] == "PersistentVolumeClaim"
    assert claim["metadata"]["name"] == TEMPLATE["variables"]["properties"]["archive_claim"]["default"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]


def test_prefect_takes_the_job_template_and_the_automations() -> None:
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore

    WorkPoolCreate(name="wirewatch", type="kubernetes", base_job_template=TEMPLATE)
    file = yaml.safe_load((DEPLOY / "prefect" / "lost-runs.yaml").read_text("utf-8"))
    lost, again = (AutomationCore.model_validate(one) for one in file["automations"])
    assert [type(action) for action in (*lost.actions, *again.actions)] == [ChangeFlowRunState, ChangeFlowRunState]
    assert lost.trigger.model_dump(mode="json")["posture"] == "Proactive"
    assert set(again.trigger.model_dump(mode="json")["expect"]) <= set(lost.trigger.model_dump(mode="json")["expect"])
