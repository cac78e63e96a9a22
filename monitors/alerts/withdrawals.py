"""A publisher changes its article, and the sentence that people were alerted of is gone.

A headline is also polished, and a summary cut, so little is taken back by itself: only what nobody else reports, whose
sentence the article no longer has, and which nothing in it says in other words. Everything short of that leaves a note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitors.alerts.corrections import correct
from monitors.alerts.message import SENTENCE_CHARACTERS, one_line
from monitors.archive import articles, developments, pages
from monitors.archive.alerts import insert_alert
from monitors.archive.connection import Archive
from monitors.archive.held import told_of
from monitors.archive.records import Alert, Article, Development, Mention
from monitors.definition.model import Monitor
from monitors.developments.lifecycles import PHASES


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What an article no longer says. `reason` is for readers; `doubt` says why it is not taken back, empty: it is."""

    reason: str
    doubt: str = ""


def notice_withdrawals(
    archive: Archive,
    monitor: Monitor,
    article: Article,
    mentions: Sequence[Mention],
    raised: Collection[Development],
    now: datetime,
) -> list[Alert]:
    """Take back what a revised `article` no longer says, or note why that was left to people; the alerts of both.

    `mentions` are those of its text of now, `raised` the developments they made, of which people are told anyway.
    Belongs into the transaction that read the article. Raises ArchiveError.
    """
    if not articles.was_revised(archive, article.id):
        return []
    told: list[Alert | None] = []
    page = pages.get(archive, article.id)
    whole = page is not None and page.has_text
    moved_on = {development.situation for development in raised}
    for development in developments.supported_by(archive, article.id):
        if development.situation in moved_on or not _may_be_taken_back(archive, development):
            continue
        found = withdrawn(development, article, mentions, whole=whole)
        if found is None:
            continue
        doubt = found.doubt or ("" if monitor.policy.corrections else "policy.corrections is off")
        if doubt:
            told.append(_note(archive, development, f"{found.reason}; {doubt}", now))
        else:
            told.append(correct(archive, development.id, found.reason, now).alert)
    return [alert for alert in told if alert is not None]


def withdrawn(
    development: Development, article: Article, mentions: Iterable[Mention], *, whole: bool
) -> Withdrawn | None:
    """What the article no longer says of `development`; None when it stands by it.

    `whole`: the text is that of the article's page, so that what is not in it was not only left out of a summary.
    """
    own = [evidence for evidence in development.evidence if evidence.article_id == article.id]
    said = _words(f"{article.title} {article.text}")
    if not own or any(_words(evidence.sentence) in said for evidence in own):
        return None
    about = [one for one in mentions if one.situation == development.situation and one.status != "background"]
    if any(_stands_by(one.status, development.status) for one in about):
        return None
    now = f"; it now says: “{one_line(about[0].sentence, SENTENCE_CHARACTERS // 2)}”" if about else ""
    reason = f"{article.publisher} changed its article, which no longer says so{now}"
    others = {evidence.article_id for evidence in development.evidence} - {article.id}
    if others:
        return Withdrawn(reason, f"{len(others)} other article{'s say' if len(others) > 1 else ' says'} so")
    if not whole and all(evidence.field == "text" for evidence in own):
        return Withdrawn(reason, "only its summary was read")
    return Withdrawn(reason)


def _may_be_taken_back(archive: Archive, development: Development) -> bool:
    """Whether somebody was told, or is to be, and it was not taken back before."""
    if archive.values("select 1 from alerts where corrects = ? limit 1", [development.id]):
        return False
    return any(row["told"] or row["state"] in ("held", "pending") for row in told_of(archive, development.id))


def _stands_by(said: str, status: str) -> bool:
    """Whether who says the one may still mean the other: both that it is off, or both that it is not."""
    return said == status or (PHASES.get(said) == "off") == (PHASES.get(status) == "off")


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _note(archive: Archive, development: Development, text: str, now: datetime) -> Alert | None:
    """The decision not to send a correction, once for the same reason."""
    reason = f"development {development.id}: {text}"
    if archive.values(
        "select 1 from alerts where monitor = ? and kind = 'correction' and reason = ?", [development.monitor, reason]
    ):
        return None
    return insert_alert(
        archive,
        Alert(
            monitor=development.monitor,
            development_id=None,
            decided=now,
            decision="mute",
            reason=reason,
            kind="correction",
            subject=development.situation,
        ),
    )
