"""The page about errors knows every class and its code."""

from __future__ import annotations

from collections.abc import Iterator

import workspace
from lect import exc

PAGE = (workspace.ROOT / "docs" / "errors.md").read_text()


def _below(cls: type[exc.LectError]) -> Iterator[type[exc.LectError]]:
    yield cls
    for sub in cls.__subclasses__():
        yield from _below(sub)


def test_every_class_is_on_the_page_with_its_code() -> None:
    known = {cls for cls in _below(exc.LectError) if cls.__module__ == "lect.exc" and cls.__name__ in exc.__all__}
    assert len(known) > 60
    assert [cls.__name__ for cls in known if f"| `{cls.code}` | `{cls.__name__}` |" not in PAGE] == []


def test_the_page_names_no_class_that_is_gone() -> None:
    named = [line.split("`")[3] for line in PAGE.splitlines() if line.startswith("| `")]
    assert [name for name in named if not hasattr(exc, name)] == []
