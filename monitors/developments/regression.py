"""Logistic regression over named features, from a JSON file, with plain arithmetic."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """Weights for each status, and for "none": no development. `trained_on` is the SHA-256 of what is labelled."""

    version: int
    trained_on: str
    bias: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]

    def probabilities(self, present: frozenset[str]) -> dict[str, float]:
        """The probability of each status for a sentence with these features; they add up to one."""
        named = sorted(present)  # a sum of the same numbers in another order may be another number
        sums = {
            status: bias + sum(weights[name] for name in named if name in weights)
            for status, bias in self.bias.items()
            for weights in (self.weights[status],)
        }
        top = max(sums.values())
        powers = {status: math.exp(value - top) for status, value in sums.items()}
        total = sum(powers.values())
        return {status: power / total for status, power in powers.items()}


def read_model(text: str) -> Model:
    """A model from its JSON text."""
    data = json.loads(text)
    return Model(data["version"], data["trained_on"], data["bias"], data["weights"])
