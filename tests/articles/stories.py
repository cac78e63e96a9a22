"""Made-up stories and what newsrooms do to them."""

from __future__ import annotations

import random

SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ter",
    "ran",
    "do",
    "vi",
    "sen",
    "pol",
    "ga",
    "ric",
    "ton",
    "mar",
    "be",
    "lu",
    "sha",
    "nor",
)
BOILERPLATE = "Subscribe to our morning letter and follow us for more stories from the harbour and the sea every day."


def sentences(seed: int, count: int = 12) -> list[str]:
    """Sentences that no story with another seed shares."""
    chance = random.Random(seed)
    words = [f"{''.join(chance.choices(SYLLABLES, k=3))}" for _ in range(300)]
    return [" ".join(chance.choices(words, k=14)).capitalize() + "." for _ in range(count)]


def story(seed: int, count: int = 12) -> str:
    return " ".join(sentences(seed, count))


def versions(seed: int) -> dict[str, str]:
    """One story as different outlets print it."""
    lines = sentences(seed)
    edited = [line.replace(" ", " as said ", 1) if number % 3 == 2 else line for number, line in enumerate(lines)]
    return {
        "whole": " ".join(lines),
        "half": " ".join(lines[:4]),
        "two sentences": " ".join(lines[:2]),
        "byline": "HARBOUR, March 1 (Agency) - " + " ".join(lines),
        "boilerplate": " ".join([*lines, BOILERPLATE]),
        "extended": " ".join([*lines, *sentences(seed + 1000, 2)]),
        "edited": " ".join(edited),
    }
