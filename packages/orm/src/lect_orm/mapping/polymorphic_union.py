"""A UNION of the tables of concrete classes, with all of their columns and a discriminator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.exc import InvalidRequestError
from lect.sql._cast import cast, type_coerce
from lect.sql._select import select
from lect.sql.column import literal_column
from lect.sql.compound import union_all
from lect.sql.literal import NULL

__all__ = ["polymorphic_union"]


def polymorphic_union(
    table_map: Mapping[Any, Any], typecolname: str | None, aliasname: str | None = "p_union", cast_nulls: bool = True
) -> Any:
    """Return ``SELECT … UNION ALL SELECT …`` as a subquery.

    Args:
        table_map: polymorphic identity -> table or SELECT.
        typecolname: name of the discriminator column that is made; None to use one the tables have.
        aliasname: name of the subquery.
        cast_nulls: give NULLs that stand for missing columns the column's type.
    """
    keys: dict[str, None] = {}
    types: dict[str, Any] = {}
    columns: dict[Any, dict[str, Any]] = {}
    sources: dict[Any, Any] = {}
    for identity, table in table_map.items():
        found: dict[str, Any] = {}
        source = sources[identity] = table.subquery() if getattr(table, "_is_select_base", False) else table
        for column in source.c:
            if column.key == typecolname:
                raise InvalidRequestError(
                    f"Polymorphic union can't use '{typecolname}' as the discriminator column due to mapped column "
                    f"{column!r}; please "
                    "apply the 'typecolname' argument; this is available on ConcreteBase as "
                    "'_concrete_discriminator_name'"
                )
            keys.setdefault(column.key)
            found[column.key] = column
            types[column.key] = column.type
        columns[identity] = found

    def shown(name: str, identity: Any) -> Any:
        column = columns[identity].get(name)
        if column is not None:
            return column
        if cast_nulls:
            return cast(NULL, types[name]).label(name)
        return type_coerce(NULL, types[name]).label(name)

    parts = []
    for identity in table_map:
        chosen = [shown(name, identity) for name in keys]
        if typecolname is not None:
            quoted = str(identity).replace("'", "''")
            chosen.append(literal_column(f"'{quoted}'").label(typecolname))
        parts.append(select(*chosen).select_from(sources[identity]))
    return union_all(*parts).alias(aliasname)
