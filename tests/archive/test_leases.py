"""A lease is one owner's at a time, and nobody's once its time has passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitors.archive import leases
from monitors.archive.connection import open_archive

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)


def test_second_owner_hears_who_holds_it(tmp_path: Path) -> None:
    with open_archive(tmp_path / "w.db") as archive:
        assert leases.take(archive, "ingest x", "one", NOW, 60, detail="page") is None
        held = leases.take(archive, "ingest x", "two", NOW, 60)
        assert held == leases.Lease("ingest x", "one", NOW, NOW + timedelta(seconds=60), "page")
        assert leases.take(archive, "ingest y", "two", NOW, 60) is None


def test_lease_of_one_who_died_runs_out(tmp_path: Path) -> None:
    with open_archive(tmp_path / "w.db") as archive:
        leases.take(archive, "ingest x", "one", NOW, 60)
        assert leases.take(archive, "ingest x", "two", LATER, 60) is None
        assert not leases.renew(archive, "ingest x", "one", LATER, 60), "who comes back late must hear that it lost"
        leases.release(archive, "ingest x", "one")
        held = leases.holder(archive, "ingest x")
        assert held is not None
        assert held.owner == "two"


def test_renewed_lease_holds_on(tmp_path: Path) -> None:
    with open_archive(tmp_path / "w.db") as archive:
        leases.take(archive, "ingest x", "one", NOW, 60)
        assert leases.renew(archive, "ingest x", "one", NOW + timedelta(seconds=50), 60)
        assert leases.take(archive, "ingest x", "two", LATER, 60) is not None


def test_one_whose_owner_is_known_to_be_gone_is_free_at_once(tmp_path: Path) -> None:
    with open_archive(tmp_path / "w.db") as archive:
        leases.take(archive, "ingest x", "one", NOW, 60)
        assert leases.take(archive, "ingest x", "two", NOW, 60, gone=lambda owner: owner == "one") is None
        assert [lease.owner for lease in leases.listing(archive)] == ["two"]


def test_released_lease_is_free(tmp_path: Path) -> None:
    with open_archive(tmp_path / "w.db") as archive:
        leases.take(archive, "ingest x", "one", NOW, 60)
        leases.release(archive, "ingest x", "one")
        assert leases.listing(archive) == []
