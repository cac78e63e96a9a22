"""The little language in which cues are written, and its translation to regular expressions.

A pattern is words separated by spaces, matched without regard to case:

    word        the word itself; a question mark is written \\?
    word*       any word that begins so
    (a|b c|d*)  one of several; brackets may be nested
    (word)?     may be missing
    ..          up to six words, none of them beyond a clause mark or a word that turns the sense (`stops`)
    $           the end of the clause, only in scripts without spaces
    <thing>     a slot: what the sentence was marked with before matching

In scripts without spaces between words (`spaced=False`) a pattern is matched anywhere, `..` is up to fifteen
characters and a space may be missing. There `$` stands for a full stop, a comma, a closing bracket, a space (which
parts the clauses of a headline) or the end: the verb comes last, and a noun there is one.

Slots stand in the marked sentence as single private-use characters, so that a pattern may speak of "the meeting" or
"a side" without knowing their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitors.developments.phrases import Phrases
from monitors.developments.vocabulary import ANYTHING, Vocabulary, folded
from monitors.errors import WirewatchError

SLOTS = {
    "thing": "\ue000",  # a noun for the watched event
    "plan": "\ue001",  # its verb, plain form: meet
    "now": "\ue002",  # its verb, present: meets
    "past": "\ue003",  # its verb, past: met
    "doing": "\ue004",  # its verb, -ing: meeting
    "side": "\ue005",  # a party of the situation
    "other": "\ue006",  # an entity that is not a party
    "date": "\ue007",  # a date that is not past
    "pastdate": "\ue008",  # a date that is past
    "side2": "\ue009",  # a party of another side than the first in the sentence
}
_SLOT = re.compile(r"<([a-z0-9]+)>")
_END = "$"
_LETTERS = re.compile(r"\w+")
_TOKEN = re.compile(r"\(|\)\??|\||\.\.|(?:\\\?|[^\s()|?])+\??")
GROUPS = {
    "event": ("thing", "plan", "now", "past", "doing"),
    "act": ("plan", "now", "past", "doing"),
    "party": ("side", "side2"),
    "who": ("side", "side2", "other"),
}


class PatternError(WirewatchError):
    """A cue is not written in the pattern language."""

    exit_status = 2


def compile_patterns(
    patterns: Iterable[str],
    *,
    spaced: bool,
    stops: frozenset[str] = frozenset(),
    vocabulary: Vocabulary | None = None,
) -> Phrases | None:
    """One regular expression for all `patterns`, longest first; None when there are none.

    `stops` are words that no gap may run over: negations, and prepositions that open another thought. Phrases that
    are asked of the same texts share a `vocabulary`, so that a text is read once for all of them.

    Raises PatternError for a pattern that is not in the language.
    """
    ordered = sorted(set(patterns), key=lambda pattern: (-len(pattern), pattern))
    if not ordered:
        return None
    if not spaced:
        bodies = [_Parser(pattern, _unspaced(stops)).parse() for pattern in ordered]
        return Phrases(re.compile(_any_of(bodies), re.IGNORECASE), None, frozenset())
    script = _spaced(frozenset(map(folded, stops)))
    bodies = [_Parser(pattern, script).parse() for pattern in ordered]
    first = frozenset().union(*(body.first for body in bodies))
    if ANYTHING in first:
        return Phrases(re.compile(rf"(?<!\w){_any_of(bodies)}(?!\w)", re.IGNORECASE), None, first)
    return Phrases(re.compile(rf"(?<!\w){_any_of(bodies)}(?!\w)"), vocabulary or Vocabulary(), first)


def _any_of(bodies: list[_Body]) -> str:
    return "(?:" + "|".join(body.expression for body in bodies) + ")"


_BESIDE_SLOT = re.compile(r"<\w+>\||\|<\w+>")
_PART = re.compile(r"\.\.|<\w+>")
_TELLING = re.compile(
    r"\b(?!(?:with|from|this|that|their|have|been|were|over|under|into|until|unless|while|when)\b)[^\W\d_]{4}"
)


def traces_of(pattern: str, *, spaced: bool) -> list[str]:
    """The words of a pattern without its slots and gaps, in the runs in which they stand: what a cue is made of.

    Runs of short and common words are left out, as they stand everywhere; so are runs that end inside a bracket.
    """
    runs = (run.strip(" ,") for run in _PART.split(_BESIDE_SLOT.sub("", pattern)))
    return [
        run for run in runs
        if run and not run.endswith("?") and run.count("(") == run.count(")") and not run.startswith(")")
        and "()" not in run and (not spaced or _TELLING.search(run))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Body:
    """The regular expression of a part of a pattern, and the words it may begin with as a vocabulary wants them."""

    expression: str
    first: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Script:
    """How words are set apart in a script."""

    space: str
    gap: str
    rest_of_word: str
    possessive: str
    end: str


def _spaced(stops: frozenset[str]) -> _Script:
    stop = rf"(?!(?:{'|'.join(sorted(map(re.escape, stops)))})\b)" if stops else ""
    return _Script(r"\s+", rf"(?:\s+{stop}(?:\$?\d[\d,.]*(?=\s)|[^\s,;:()\"]+)){{0,6}}?", r"[\w'-]*", r"(?:'s|')?", "")


def _unspaced(stops: frozenset[str]) -> _Script:
    stop = rf"(?!{'|'.join(sorted(map(re.escape, stops)))})" if stops else ""
    return _Script(r"\s*", rf"(?:{stop}[^,;:\"。]){{0,15}}?", "", "", r"(?:[。!,)」』]|\s|\Z)")


class _Parser:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, pattern: str, script: _Script) -> None:
        self._pattern = pattern
        self._script = script
        self._tokens = _TOKEN.findall(pattern)
        self._position = 0

    def parse(self) -> _Body:
        if not self._tokens or ".." in (self._tokens[0], self._tokens[-1]):
            raise PatternError(f"{self._pattern!r}: a pattern begins and ends with a word")
        body = self._sequence()
        if self._position < len(self._tokens):
            raise PatternError(f"{self._pattern!r}: {self._tokens[self._position]!r} closes nothing")
        return body

    def _sequence(self) -> _Body:
        out = ""
        first: set[str] = set()
        begins = True
        while self._position < len(self._tokens) and self._tokens[self._position] not in ("|", ")", ")?"):
            token = self._tokens[self._position]
            self._position += 1
            if token == "..":
                out += self._script.gap
                first |= {ANYTHING} if begins else set()
                begins = False
                continue
            optional = False
            if token == "(":
                body, optional = self._group()
            else:
                body = self._word(token)
            expression = body.expression
            if begins:
                first |= body.first
                begins = optional
                out += f"(?:{expression}{self._script.space})?" if optional else expression
            elif optional:
                out += f"(?:{self._script.space}{expression})?"
            elif token == ",":
                out += expression
            else:
                out += self._script.space + expression
        if not out:
            raise PatternError(f"{self._pattern!r}: an alternative is empty")
        return _Body(out, frozenset(first | {ANYTHING}) if begins else frozenset(first))

    def _group(self) -> tuple[_Body, bool]:
        options = [self._sequence()]
        while self._position < len(self._tokens) and self._tokens[self._position] == "|":
            self._position += 1
            options.append(self._sequence())
        if self._position == len(self._tokens):
            raise PatternError(f"{self._pattern!r}: a bracket is not closed")
        optional = self._tokens[self._position] == ")?"
        self._position += 1
        return _Body(_any_of(options), frozenset().union(*(option.first for option in options))), optional

    def _word(self, word: str) -> _Body:
        if word == _END and self._script.end:
            return _Body(self._script.end, frozenset({ANYTHING}))
        slot = _SLOT.fullmatch(word)
        if slot:
            names = GROUPS.get(slot[1], (slot[1],))
            if any(name not in SLOTS for name in names):
                raise PatternError(f"{self._pattern!r}: no slot {word}")
            slots = [SLOTS[name] for name in names]
            return _Body("[" + "".join(slots) + "]" + self._script.possessive, frozenset(slots))
        if word.endswith("*") and self._script.rest_of_word:
            stem = folded(word[:-1])
            begins = _LETTERS.match(stem)
            first = ANYTHING if begins is None else f"{stem}*" if begins.end() == len(stem) else begins[0]
            return _Body(re.escape(stem) + self._script.rest_of_word, frozenset({first}))
        if "*" in word or "<" in word or re.search(r"(?<!\\)\?", word):
            advice = f"; write ({word[:-1]})? for a word that may be missing" if word.endswith("?") else ""
            raise PatternError(f"{self._pattern!r}: {word!r} is not a word of the pattern language{advice}")
        plain = folded(word)
        begins = _LETTERS.match(plain)
        return _Body(re.escape(plain.replace("\\?", "?")), frozenset({begins[0] if begins is not None else ANYTHING}))
