"""The page about errors has a section for every code, and names every class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

import workspace
from lect import create_engine, exc, text

PAGE = (workspace.ROOT / "docs" / "errors.md").read_text()
SECTIONS = dict(re.findall(r"^### ([\w-]+)\n\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def _below(cls: type[exc.LectError]) -> Iterator[type[exc.LectError]]:
    yield cls
    for sub in cls.__subclasses__():
        yield from _below(sub)


def _narrower_codes() -> Iterator[tuple[str, str]]:
    """Codes that are given where something is raised: ``code="connection-closed"``."""
    for package in workspace.find_packages():
        for path in sorted((package.path / "src").rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                    continue
                for keyword in node.exc.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), f"{path.name}:{node.lineno}"


def test_every_class_has_the_section_of_its_code() -> None:
    import lect.aio.exc  # noqa: F401 - its classes count

    known = {cls for cls in _below(exc.LectError) if cls.__module__ in ("lect.exc", "lect.aio.exc")}
    known = {cls for cls in known if cls.__name__ in exc.__all__ or cls.__module__ != "lect.exc"}
    assert len(known) > 70
    assert [cls.__name__ for cls in known if f"`{cls.__name__}`" not in SECTIONS.get(cls.code, "")] == []


def test_every_narrower_code_has_a_section() -> None:
    found = list(_narrower_codes())
    assert len(found) > 5
    assert [f"{code} at {where}" for code, where in found if code not in SECTIONS] == []


def test_every_section_names_classes_that_there_are() -> None:
    import lect.aio.exc as aio

    for code, body in SECTIONS.items():
        names = re.match(r"((?:`\w+`(?:, )?)+)\. ", body)
        assert names is not None, code
        for name in re.findall(r"\w+", names[1]):
            assert hasattr(exc, name) or hasattr(aio, name), (code, name)


def test_messages_end_with_the_link() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(exc.UndefinedTable) as caught:
        connection.execute(text("SELECT * FROM nowhere"))
    assert str(caught.value) == (
        "(sqlite3.OperationalError) no such table: nowhere\n"
        "[SQL: SELECT * FROM nowhere]\n"
        "(Background on this error: docs/errors.md#undefined-table)"
    )
    closed = engine.connect()
    closed.close()
    with pytest.raises(exc.ResourceClosedError, match=r"docs/errors\.md#connection-closed\)$"):
        closed.execute(text("SELECT 1"))


def test_mistakes_that_a_sentence_explains_have_no_link_in_their_message() -> None:
    with pytest.raises(exc.UnknownArgumentError) as caught:
        create_engine("sqlite://", pool_sise=3)
    assert "docs/" not in str(caught.value)
    assert caught.value.link == "docs/errors.md#unknown-argument"


def test_the_address_is_that_of_the_published_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    from email.message import Message
    from importlib import metadata

    published = Message()
    published["Project-URL"] = "Documentation, https://docs.example/lect/"
    monkeypatch.setattr(metadata, "metadata", lambda name: published)
    exc._page.cache_clear()
    try:
        assert exc.Deadlock("x", None, ValueError()).link == "https://docs.example/lect/errors.html#deadlock"
    finally:
        exc._page.cache_clear()
