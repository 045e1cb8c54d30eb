"""The short way of rows: one object and nothing besides, or columns only.

Most statements of a program are of this kind. What can be decided per plan is kept with it, so that an execution makes
one function and a row costs one call of it; everything else (eager loading, listeners, polymorphic rows, options that
overwrite) goes the ordinary way of :mod:`lect_orm.query.readers`, with the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lect_orm.loading.context import LoadContext
from lect_orm.loading.n_plus_one import guards
from lect_orm.query.readers import ColumnReader, EntityReader, SharedCallables, complete

__all__ = ["is_plain", "plain_columns", "may_load", "plain_loader", "row_maker"]


def is_plain(reader: Any) -> bool:
    """Whether rows of an entity are whole objects of one class with nothing to load besides."""
    return (
        isinstance(reader, EntityReader)
        and reader.stands_alone
        and reader.only is None
        and reader.node.empty
        and not reader.node.criteria
    )


def may_load(session: Any, mapper: Any) -> bool:
    """Whether nobody is to be told of objects that are loaded."""
    return not (
        mapper.instance_dispatch.load
        or session.dispatch.loaded_as_persistent
        or session._guard is not None
        or guards(mapper)
    )


def plain_loader(reader: Any, session: Any, statement: Any, processors: Sequence[Any]) -> Callable[[Any], Any]:
    """Return ``load(row)`` for a reader that `is_plain`, in a session that `may_load`.

    The function is good for one execution: it knows the session's objects by their dictionary.
    """
    mapper = reader.mapper
    ready = reader.ready
    if ready is None or ready[0] is not processors or ready[1] != len(mapper.impls):
        factory, fill, items = reader.factory_for(mapper, processors)
        ready = reader.ready = (
            processors,
            len(mapper.impls),
            factory,
            fill,
            *reader.absent_of(mapper, items),
            mapper.identity_mapper,
        )
    _, _, factory, fill, left_out, missing, key_set, identity_mapper = ready

    def existing(state: Any, obj: Any, row: Any) -> Any:
        values = obj.__dict__
        expired = state.expired_attributes
        if expired is not None or not key_set <= values.keys():
            complete(state, values, row, fill, key_set, key_set, expired, LoadContext(session, statement))
        return obj

    load: Callable[[Any], Any] = factory(
        session.identity_map.bucket(identity_mapper),
        session._ref,
        None,
        SharedCallables(left_out) if left_out else None,
        missing,
        existing,
        None,
        None,
    )
    return load


def plain_columns(readers: Sequence[Any], translation: Any) -> bool:
    """Whether the things selected are columns, each one where the plain statement has it."""
    return (
        all(isinstance(r, ColumnReader) for r in readers)
        and [translation.resolve_place(r.place) for r in readers] == list(range(len(readers)))
        and len(translation.columns) == len(readers)
        and not translation.needs_unique
    )


def row_maker(readers: Sequence[Any], processors: Sequence[Any]) -> Callable[..., Callable[[Any], Any]]:
    """Return ``make(*loaders) -> read(row)``, a tuple of everything selected; loaders are of what is not a column."""
    scope: dict[str, Any] = {}
    items: list[str] = []
    loaders: list[str] = []
    for reader in readers:
        if not reader.is_column:
            loaders.append(f"load{len(loaders)}")
            items.append(f"{loaders[-1]}(row),")
            continue
        place = reader.translation.resolve_place(reader.place)
        processor = processors[place]
        if processor is None:
            items.append(f"row[{place}],")
        else:
            scope[f"p{place}"] = processor
            items.append(f"p{place}(row[{place}]),")
    source = f"lambda {', '.join(loaders)}: lambda row: ({' '.join(items)})"
    made: Callable[..., Callable[[Any], Any]] = eval(source, scope)  # noqa: S307 - numbers only
    return made
