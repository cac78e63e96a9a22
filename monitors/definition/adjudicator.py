"""The adjudicator of a monitor file: a language model that is asked about doubtful sentences."""

from __future__ import annotations

from pydantic import Field

from monitors.definition.channels import Secret, WebAddress, Words
from monitors.definition.part import Part


class Adjudicator(Part):
    """A language model that is asked about doubtful sentences, and can only make less of them. Left out: none is."""

    url: WebAddress = Field(
        description="base address of an OpenAI-compatible server, as http://127.0.0.1:8080/v1; env:NAME, or file:/path"
    )
    model: Words = Field(description="its name, as that server knows it")
    key: Secret | None = Field(default=None, description="sent as a bearer token; env:NAME or file:/path")
    allow_private: bool = Field(default=False, description="its host may lie at a private address or this machine")
    timeout_seconds: float = Field(default=10.0, gt=0, le=60, description="seconds for one answer")
    max_questions: int = Field(default=20, ge=1, le=500, description="questions in one pass at most")
    max_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="seconds for all questions of a pass together; so long alerts wait at most",
    )
