"""Names of constraints and indexes as they are written: made by convention, shortened if made, refused if too long."""

from __future__ import annotations

from typing import Any

from lect.exc import CompileError
from lect.schema.naming import conventional_name
from lect.sql.names import truncated_label

__all__ = ["constraint_name", "fitted_name", "index_name"]


def fitted_name(name: str, writer: Any, what: str) -> str:
    """Return `name` quoted as needed.

    A name that a convention made is shortened where the database takes less, ending in digits that depend on all of
    it; a name that a person gave is refused with IdentifierError.
    """
    limit = writer.identifiers.max_identifier_length
    if isinstance(name, truncated_label):
        if len(name) > limit:
            from hashlib import md5

            digest = md5(name.encode("utf-8"), usedforsecurity=False).hexdigest()[-4:]
            name = f"{name[: limit - 8]}_{digest}"
        return writer.identifiers.quote(str(name))  # type: ignore[no-any-return]
    writer.identifiers.check_length(name, what)
    return writer.identifiers.quote(name)  # type: ignore[no-any-return]


def constraint_name(constraint: Any, writer: Any) -> str | None:
    """Return the constraint's name as it is written, None for one without."""
    name = constraint.name
    if name is None:
        parent = constraint.__dict__.get("parent")
        table = parent if parent is None or parent.__visit_name__ == "table" else parent.table
        name = conventional_name(constraint, table) if table is not None else None
    return None if name is None else fitted_name(name, writer, f"{type(constraint).__name__} name")


def index_name(index: Any, writer: Any, *, with_schema: bool = False, statement: str = "CREATE INDEX") -> str:
    """Return the index's name as it is written."""
    name = index.name if index.name is not None else conventional_name(index, index.table)
    if name is None:
        raise CompileError(
            f"{statement} requires that the index have a name; an index of table {index.table.fullname!r} has none"
        )
    text = fitted_name(name, writer, "index name")
    if with_schema and index.table is not None:
        schema = writer.identifiers.schema_of(index.table, writer.translate)
        if schema:
            return f"{writer.identifiers.quote_schema(schema)}.{text}"
    return text
