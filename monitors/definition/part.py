"""What every part of a monitor file is built on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="lower case words joined by -")]


class Part(BaseModel):
    """A part of a monitor file: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
