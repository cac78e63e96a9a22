"""Signatures are stored, so what they are must not move."""

from __future__ import annotations

from monitors.articles.fingerprints import VERSION, shingle_hash, signature, tokens

STORY = " ".join(f"word{n}" for n in range(400))


def test_the_hash_is_the_one_that_archives_hold() -> None:
    assert VERSION == 1
    assert shingle_hash("the two leaders") == 0x3D40F54402FB2167
    assert shingle_hash("정상회담을") == 0xAD8F306DD2C04105


def test_words_are_folded_before_they_are_compared() -> None:
    assert tokens("Ｔｈｅ TWO-leaders’ 2nd_talks") == ["the", "two", "leaders", "2nd", "talks"]
    assert signature(STORY.upper()) == signature(STORY.replace(" ", ", "))


def test_about_one_shingle_in_eight_is_kept_and_one_in_two_of_the_head() -> None:
    signed = signature(STORY)
    assert signed.length == 398
    assert 30 < len(signed.body) < 70
    assert 18 < len(signed.head) < 42
    assert max(signed.body) < 2**64 // 8
    assert max(signed.head) < 2**64 // 2
    assert len(signed.hashes) == len(signed.head | signed.body)


def test_korean_and_japanese_and_chinese_are_taken_by_characters() -> None:
    spaced, unspaced = "남북 정상 회담을 판문점에서 연다 " * 3, "남북정상회담을판문점에서연다" * 3
    assert signature(spaced) == signature(unspaced)
    assert signature("米朝首脳会談は六月十二日にシンガポールで開催される見通しだと政府関係者が述べた").length > 30


def test_a_text_of_few_words_has_no_signature() -> None:
    assert signature("") == signature("Talks on Thursday.") == signature("one two three four five six seven")
    assert not signature("").hashes
    assert signature("one two three four five six seven eight").length == 6
