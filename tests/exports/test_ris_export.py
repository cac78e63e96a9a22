"""RIS: each line a tag of ours, whatever the text says."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from monitors.exports.ris import ris

ANY = st.text(st.characters(codec=None))
LINE = re.compile(r"(TY|TI|AU|T2|PB|PY|DA|Y2|LA|UR|N1|N2|ER)  - (.*)")


def tags(text: str) -> list[tuple[str, str]]:
    found = [LINE.fullmatch(line) for line in text.removesuffix("\r\n\r\n").split("\r\n")]
    return [(one[1], one[2]) for one in found if one is not None] if all(found) else []


@given(title=ANY, text=ANY, url=ANY, publisher=ANY)
def test_no_text_makes_a_tag_of_its_own(title: str, text: str, url: str, publisher: str) -> None:
    record = {
        "title": title, "text": text, "url": url, "publisher": publisher, "language": "en",
        "published": "2031-03-01T12:00:00Z", "discovered": "2031-03-02T12:00:00Z",
    }  # fmt: skip
    read = "".join(ris([record]))
    names = [name for name, _ in tags(read)]
    assert names.count("TY") == names.count("ER") == 1
    assert (names[0], names[-1]) == ("TY", "ER")
    assert len(names) == len(set(names))
    assert len(read.removesuffix("\r\n\r\n").splitlines()) == len(names)
    assert ("UR" in names) != ("N1" in names)


def test_a_reference_names_title_publisher_day_and_address(export) -> None:
    second = export("articles", "--format", "ris").stdout.split("\r\n\r\n")[1]
    assert dict(tags(second)) == {
        "TY": "NEWS", "TI": "Summit report 1", "AU": "Velmora Wire", "T2": "Velmora Wire", "PB": "Velmora Wire",
        "PY": "2031", "DA": "2031/03/02/", "Y2": "2031/03/02/", "LA": "en", "UR": "https://wire.example/1",
        "N2": "Brunnick and Saal will meet.", "ER": "",
    }  # fmt: skip


def test_hostile_article_is_one_reference_without_an_address(export, hostile) -> None:
    done = export("articles", "--format", "ris")
    references = done.stdout.removesuffix("\r\n\r\n").split("\r\n\r\n")
    assert len(references) == 3
    read = dict(tags(references[0]))
    assert "UR" not in read
    assert read["N1"] == f"Address as given: {hostile['url']}"
    assert all(word in read["TI"] for word in hostile["words"])
    assert "END:VEVENT BEGIN:VALARM ]]></content>" in read["N2"]
