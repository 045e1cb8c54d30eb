"""Default rules for optimizer hints: a database that is not known gets none."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import FromHint, StatementHints
from lect.compile.table import ANSI

__all__ = ["hints_of", "statement_hints", "with_hint"]


@ANSI.rule(FromHint)
def from_hint(node: FromHint, writer: Any) -> str:
    """No hint."""
    return node.text


@ANSI.rule(StatementHints)
def all_statement_hints(node: StatementHints, writer: Any) -> str:
    """The hints as they were given, at the end of the statement."""
    return " " + " ".join(node.texts)


def _meant(hint: Any, writer: Any) -> bool:
    return hint.dialect == "*" or hint.dialect in writer.dialect_names


def hints_of(statement: Any, writer: Any) -> dict[Any, str]:
    """Return FROM element -> hint of a statement, for this dialect; a hint for it alone goes before one for all."""
    found: dict[Any, str] = {}
    for general in (True, False):
        for hint in statement._hints:
            if hint.selectable is not None and _meant(hint, writer) and (hint.dialect == "*") is general:
                name = getattr(hint.selectable, "name", None)
                text = hint.text
                if "%(name)s" in text and name is not None:
                    text = text.replace("%(name)s", writer.quote(writer.name(name, "alias")))
                found[hint.selectable] = text
    return found


def with_hint(element: Any, text: str, writer: Any) -> str:
    """Return a FROM element's text with the hint about it, if there is one."""
    hints = writer.scope.facts.get("hints")
    if hints and element in hints:
        return writer.render(FromHint(element, text, hints[element]))  # type: ignore[no-any-return]
    return text


def statement_hints(statement: Any, writer: Any) -> str:
    """Return the hints about the statement as a whole, as text."""
    texts = [h.text for h in statement._hints if h.selectable is None and _meant(h, writer)]
    return writer.render(StatementHints(statement, texts)) if texts else ""
