"""What the monitor file adds to the archive's rows: titles, kinds, and who the parties of a situation are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from monitors.definition.kinds import Kind
from monitors.definition.model import Entity, Monitor, Situation


@lru_cache(maxsize=32)
def _kind_in(ledger: str) -> Kind | None:
    """What a stored ledger says of its kind. The latest are kept: they are long, and asked for again and again."""
    found: Kind | None = json.loads(ledger).get("kind")
    return found


@dataclass(frozen=True, slots=True)
class Names:
    """Names from a monitor file. What belongs to another monitor, or is no longer in the file, goes by its id."""

    monitor: str = ""
    situations: dict[str, Situation] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)

    def situation(self, monitor: str, situation: str | None) -> Situation | None:
        return self.situations.get(situation) if monitor == self.monitor and situation is not None else None

    def title(self, monitor: str, situation: str) -> str:
        """The situation's title as shown to readers, or its id."""
        known = self.situation(monitor, situation)
        return known.title if known is not None else situation

    def kind(self, monitor: str, situation: str, ledger: str) -> Kind | None:
        """The kind of a situation: its ledger knows, else the monitor file; None where neither does."""
        found = _kind_in(ledger)
        known = self.situation(monitor, situation)
        return found if found is not None else known.kind if known is not None else None

    def parties(self, monitor: str, situation: str, day: date) -> tuple[Entity, ...]:
        """Who stands for each side on that day: the first of its entities that holds its office."""
        known = self.situation(monitor, situation)
        sides = known.parties if known is not None else ()
        return tuple(self._standing(side, day) for side in sides)

    def _standing(self, side: Iterable[str], day: date) -> Entity:
        members = [self.entities[member] for member in side]
        return next((member for member in members if member.office.held_on(day)), members[0])

    def other_parties(self, monitor: str, situation: str, sides: Iterable[str], day: date) -> tuple[Entity, ...]:
        """Who stands for the sides that have none of these entities."""
        known = self.situation(monitor, situation)
        named = set(sides)
        others = [side for side in known.parties if not named & set(side)] if known is not None else []
        return tuple(self._standing(side, day) for side in others)

    def speaker(self, monitor: str, situation: str, entity: str, day: date) -> str:
        """The name of who spoke for a side: who held the office on that day where `entity` did not. Unknown: the id."""
        known = self.entities.get(entity) if monitor == self.monitor else None
        if known is None:
            return entity
        watched = self.situation(monitor, situation)
        sides = watched.parties if watched is not None else ()
        side = next((side for side in sides if entity in side), (entity,))
        return known.name if known.office.held_on(day) else self._standing(side, day).name


def names_of(monitor: Monitor) -> Names:
    """The names that a monitor file gives."""
    return Names(
        monitor.id,
        {situation.id: situation for situation in monitor.situations},
        {entity.id: entity for entity in monitor.entities},
    )
