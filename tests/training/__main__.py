"""Trains the model that reads what the rules leave open, and says how good it is.

    python tests/training [--marks FILE] [--monitor FILE]

FILE of marks is what `wirewatch marks --examples FILE` writes: what people said of developments is learnt too.

Needs scikit-learn, which Wirewatch itself does not. The settings (strength, rarest feature, the least probability that
counts) were chosen by cross-validation that splits by story.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from examples import DOCUMENTS, HELD_OUT, LANGUAGE, Example, digest, examples, marked_examples
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from monitors import developments
from monitors.developments.estimate import SURE
from monitors.developments.regression import Model
from monitors.errors import WirewatchError

TARGET = Path(developments.__file__).parent / "languages" / f"{LANGUAGE}.model.json"
NONE_USED = "no sentence is of use: only English ones of the monitor's meetings are"

STRENGTH = 0.3
RAREST = 4
SMALLEST = 0.01
"""Weights below this are left out."""


def trained(known: list[Example], trained_on: str) -> Model:
    """The model of these examples."""
    numbers = Counter(name for example in known for name in example.present)
    kept = {name for name, number in numbers.items() if number >= RAREST}
    vectors = DictVectorizer()
    table = vectors.fit_transform([dict.fromkeys(example.present & kept, 1) for example in known])
    fitted = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced")
    fitted.fit(table, [example.status for example in known])
    names = vectors.get_feature_names_out()
    weights = {
        status: {name: round(float(value), 3) for name, value in zip(names, row, strict=True) if abs(value) >= SMALLEST}
        for status, row in zip(fitted.classes_, fitted.coef_, strict=True)
    }
    bias = {status: round(float(value), 3) for status, value in zip(fitted.classes_, fitted.intercept_, strict=True)}
    return Model(1, trained_on, bias, weights)


def guesses(model: Model, asked: list[Example]) -> list[tuple[str, float]]:
    """The likeliest status of each example, with its probability."""
    answers = (model.probabilities(example.present) for example in asked)
    return [max(answer.items(), key=lambda item: item[1]) for answer in answers]


def report(name: str, asked: list[Example], answers: list[tuple[str, float]]) -> str:
    """How often the model is right, and what it adds where the rules are silent."""
    right = sum(example.status == status for example, (status, _) in zip(asked, answers, strict=True))
    silent = [
        (example.status, status)
        for example, (status, sure) in zip(asked, answers, strict=True)
        if (example.cue == "no cue" or example.cue.startswith("estimate")) and status != "none" and sure >= SURE
    ]
    added = sum(label == status for label, status in silent)
    false = sum(label == "none" for label, _ in silent)
    noun = "sentence" if len(asked) == 1 else "sentences"
    return (
        f"{name}: {len(asked)} {noun}, alone right on {right / len(asked):.3f}; where the rules are silent "
        f"it speaks {len(silent)} times, {added} right, {false} of nothing new"
    )


def main() -> None:
    options = argparse.ArgumentParser(description="Train the model that reads what the rules leave open.")
    options.add_argument("--marks", type=Path, help="examples that `wirewatch marks --examples` wrote")
    options.add_argument("--monitor", type=Path, help="the monitor file of the marks; the shipped one without it")
    options.add_argument("--out", type=Path, default=TARGET, help="where the model goes; Wirewatch reads the default")
    given = options.parse_args()
    try:
        marked = list(marked_examples(given.marks, given.monitor)) if given.marks else []
    except WirewatchError as error:
        options.error(str(error))
    known = [*examples(DOCUMENTS), *marked]
    guessed: list[tuple[str, float]] = [("none", 0.0)] * len(known)
    for others, own in GroupKFold(5).split(known, groups=[example.story for example in known]):
        model = trained([known[index] for index in others], "")
        for index, answer in zip(own, guesses(model, [known[index] for index in own]), strict=True):
            guessed[index] = answer
    print(report("cross-validation", known, guessed))
    model = trained(known, digest(DOCUMENTS, *([given.marks] if given.marks else [])))
    held_out = list(examples(HELD_OUT))
    print(report("held out", held_out, guesses(model, held_out)))
    if given.marks:
        print(report("marked", marked, guesses(model, marked)) if marked else f"marked: {NONE_USED}")
    data = {"version": model.version, "trained_on": model.trained_on, "bias": model.bias, "weights": model.weights}
    given.out.write_text(json.dumps(data, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{given.out.name}: {sum(map(len, model.weights.values())):,} weights")


if __name__ == "__main__":
    main()
