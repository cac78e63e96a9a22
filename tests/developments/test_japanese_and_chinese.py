"""Japanese and Chinese: their packs on sentences of each status, their dates, and where their sentences end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitors.archive.records import Article
from monitors.developments.engine import Engine
from monitors.developments.event_dates import find_dates
from monitors.developments.languages import LanguagePack, LanguagePackError, load_pack, read_pack
from monitors.developments.patterns import compile_patterns
from monitors.developments.sentences import split_sentences

HERE = Path(__file__).resolve().parent
Making = Callable[..., Article]
MONDAY = date(2026, 3, 2)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


ROWS = {language: rows(f"sentences_{name}.jsonl") for language, name in (("ja", "japanese"), ("zh", "chinese"))}


def pack_of(language: str) -> LanguagePack:
    pack = load_pack(language)
    assert pack is not None
    return pack


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=row["text"][:40],
            marks=[pytest.mark.xfail(strict=True, reason=row["xfail"])] if "xfail" in row else [],
        )
        for own in ROWS.values()
        for row in own
    ],
)
def test_a_sentence_is_read_as_a_reader_would(shipped: Engine, articles: Making, row: dict[str, Any]) -> None:
    """ "none" says nothing new of anything, "background" speaks of a situation without news."""
    found = shipped.read(articles(row["text"], language=row["lang"], day=MONDAY.isoformat()))
    news = [mention for mention in found if mention.status != "background"]
    if row["status"] in ("none", "background"):
        assert news == []
        assert row["situation"] in {None, *(mention.situation for mention in found)}
    else:
        assert {(mention.situation, mention.status) for mention in news} == {(row["situation"], row["status"])}
        assert all(row.get("event_date", mention.event_date) == mention.event_date for mention in news)


@pytest.mark.parametrize("language", sorted(ROWS))
def test_there_are_sentences_of_every_status_and_few_are_read_wrongly(language: str) -> None:
    own = ROWS[language]
    assert len(own) >= 40
    meeting = {"mooted", "proposed", "agreed", "scheduled", "occurred", "declined", "postponed", "cancelled"}
    assert {row["status"] for row in own} >= meeting | {"background", "none", "threatened", "in_force", "suspended"}
    assert sum("xfail" in row for row in own) <= 2


@pytest.mark.parametrize(
    ("language", "text", "ahead"),
    [
        ("ja", "5月14日に会談", "2026-05-14"),
        ("ja", "2027年5月14日に会談", "2027-05-14"),
        ("ja", "5月14〜16日に会談", "2026-05-14/2026-05-16"),
        ("ja", "14日に会談", "2026-03-14"),
        ("ja", "来月会談", "2026-04"),
        ("ja", "来週会談", "2026-03-09/2026-03-15"),
        ("ja", "あす会談", "2026-03-03"),
        ("ja", "水曜日に会談", "2026-03-04"),
        ("ja", "6月に会談", "2026-06"),
        ("ja", "来年会談", "2027"),
        ("zh", "5月14日会晤", "2026-05-14"),
        ("zh", "将于2027年5月14日会晤", "2027-05-14"),
        ("zh", "5月14日至16日会晤", "2026-05-14/2026-05-16"),
        ("zh", "14号会晤", "2026-03-14"),
        ("zh", "下个月会晤", "2026-04"),
        ("zh", "下週會晤", "2026-03-09/2026-03-15"),
        ("zh", "明天会晤", "2026-03-03"),
        ("zh", "周三会晤", "2026-03-04"),
        ("zh", "週三會晤", "2026-03-04"),
        ("zh", "6月会晤", "2026-06"),
        ("zh", "明年会晤", "2027"),
    ],
)
def test_dates_keep_their_granularity(language: str, text: str, ahead: str) -> None:
    (tag,) = find_dates(text, pack_of(language).dates, MONDAY)
    assert tag.ahead == ahead


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "5月までに会談"),
        ("ja", "5カ月ぶり"),
        ("ja", "14日間"),
        ("ja", "5日まで"),
        ("zh", "5月底前会晤"),
        ("zh", "14日内"),
    ],
)
def test_limits_and_lengths_of_time_are_no_dates(language: str, text: str) -> None:
    assert find_dates(text, pack_of(language).dates, MONDAY) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "ホワイトハウスは2日、トランプ大統領が金正恩氏と会談すると発表した。"),
        ("zh", "白宫2日宣布，特朗普将与金正恩会晤。"),
    ],
)
def test_the_day_on_which_somebody_spoke_is_not_that_of_the_event(
    shipped: Engine, articles: Making, language: str, text: str
) -> None:
    (mention,) = shipped.read(articles("", text, language=language))
    assert (mention.status, mention.event_date) == ("agreed", None)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("会談した。握手した。", ["会談した。", "握手した。"]),
        ("会うのか？答えはない！次は夏だ", ["会うのか？", "答えはない！", "次は夏だ"]),
        ("会うのか?答えはない!次は夏だ", ["会うのか?", "答えはない!", "次は夏だ"]),
        ("「会談は終わった。」大統領は去った。", ["「会談は終わった。」", "大統領は去った。"]),
        ("会晤结束了。他们握手！下一次呢？明年。", ["会晤结束了。", "他们握手！", "下一次呢？", "明年。"]),
        ("「会談する。」と述べた。次だ。", ["「会談する。」と述べた。", "次だ。"]),
        ("3.5億ドルの投資だ。", ["3.5億ドルの投資だ。"]),
    ],
)
def test_sentences_end_without_a_space(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text, frozenset(), 8)] == sentences


def test_sentences_end_in_korean_as_before() -> None:
    text = "만날까?北 답 없어 ㅋ?ㅋ. 끝."
    assert [sentence.text for sentence in split_sentences(text, frozenset(), 8)] == ["만날까?北 답 없어 ㅋ?ㅋ.", "끝."]


def test_the_end_of_a_clause_is_a_mark_of_its_own_where_words_are_not_spaced() -> None:
    pattern = compile_patterns(["会談 $"], spaced=False)
    assert pattern is not None
    found = [text for text in ("会談", "会談。", "会談 関税も", "「会談」", "会談の結果") if pattern.search(text)]
    assert found == ["会談", "会談。", "会談 関税も", "「会談」"]


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("特朗普取消与金正恩的会谈", "川普取消與金正恩的會談"),
        ("朝鲜发射弹道导弹", "北韓發射彈道飛彈"),
        ("特朗普愿意与金正恩会面", "川普願意與金正恩會面"),
    ],
)
def test_both_ways_of_writing_chinese_say_the_same(
    shipped: Engine, articles: Making, simplified: str, traditional: str
) -> None:
    one, other = (shipped.read(articles(text, language="zh")) for text in (simplified, traditional))
    assert one
    assert [(mention.situation, mention.status) for mention in one] == [(m.situation, m.status) for m in other]


def test_a_table_of_characters_must_come_in_pairs() -> None:
    with pytest.raises(LanguagePackError, match=r"odd\.toml"):
        read_pack('language = "zh"\ntraditional = "会會谈"\n', "odd.toml")
