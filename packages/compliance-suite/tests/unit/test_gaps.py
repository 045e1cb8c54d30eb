"""Files of gaps: what is accepted, and what each mistake is told."""

from __future__ import annotations

import pytest

from lect_compliance.case import cases
from lect_compliance.gaps import GapError, read
from lect_compliance.suite import __all__ as groups

KNOWN = ["select.limit", "types.boolean"]


def test_reads() -> None:
    (gap,) = read('[[gap]]\ncase = "select.limit"\nkind = "never"\nreason = "no rows"\n', KNOWN)
    assert str(gap) == "never: no rows"
    assert gap.holds("any", "connector")


def test_conditions() -> None:
    text = '[[gap]]\ncase = "select.limit"\nkind = "ours"\nreason = "r"\nconnectors = ["a"]\ndialects = ["d"]\n'
    (gap,) = read(text, KNOWN)
    assert gap.holds("d", "a")
    assert not gap.holds("d", "b")
    assert not gap.holds("e", "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[gap]]\ncase = "select.limmit"\nkind = "ours"\nreason = "r"', "did you mean 'select.limit'"),
        ('[[gap]]\ncase = "select.limit"\nkind = "soon"\nreason = "r"', "kind must be one of never, upstream, ours"),
        ('[[gap]]\ncase = "select.limit"\nkind = "never"\nreason = " "', "a reason is needed"),
        ('[[gap]]\ncase = "select.limit"\nkind = "upstream"\nreason = "r"', "needs a link"),
        ('[[gap]]\ncase = "select.limit"\nkind = "ours"\nreason = "r"\nwhy = "x"', "unknown key 'why'"),
        ("[[gapp]]\n", "unknown table 'gapp'"),
        ("[[gap]\n", "gaps:"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(GapError, match=message):
        read(text, KNOWN)


def test_cases_have_ids_of_their_own() -> None:
    found = cases()
    assert len(found) == len(set(found))
    assert len(found) >= 200
    assert len(groups) == 13
