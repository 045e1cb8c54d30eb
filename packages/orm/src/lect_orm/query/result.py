"""Results whose rows repeat because of joined collections: they have to be made unique by whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lect.engine.result import ChunkedIteratorResult, IteratorResult, MappingResult, ScalarResult, TupleResult
from lect.engine.row import Columns
from lect.exc import InvalidRequestError
from lect_orm.collector import pause

__all__ = ["ChunkedOrmResult", "ColumnRows", "OrmResult", "UniqueRequired"]


class _InPieces:
    """Refuses to make rows unique that are fetched in pieces: it would take all of them in memory."""

    _yield_per: Any

    def _identify(self) -> Any:
        if self._yield_per:
            raise InvalidRequestError(
                "Can't use the ORM yield_per feature in conjunction with unique(): uniqueness is known when all rows "
                "are; leave one of the two out"
            )
        return super()._identify()  # type: ignore[misc]


class OrmResult(_InPieces, IteratorResult[Any]):
    """Rows of a statement with entities."""


class ChunkedOrmResult(_InPieces, ChunkedIteratorResult[Any]):
    """Rows of a statement with entities, made in pieces."""


class ColumnRows(OrmResult):
    """Rows of a statement that selects columns of entities only, as the driver gave them.

    They are made into rows, values or mappings when it is known which of these is wanted.
    """

    def __init__(self, columns: Columns, raws: Sequence[Any], raw: Any, gc_pause: bool) -> None:
        super().__init__(columns, raws, raw)
        self._count = len(raws)
        self._gc_pause = gc_pause

    def _fetch_all(self) -> Any:
        with pause(self._count, self._gc_pause):
            return super()._fetch_all()


class _Checked:
    """Refuses to give rows that were not made unique."""

    _unique: Any

    def _check(self) -> None:
        if self._unique is None:
            raise InvalidRequestError(
                "The unique() method must be invoked on this Result, as it contains results that need to be "
                "deduplicated "
                "against joined eager load collections"
            )

    def _fetch_all(self) -> Any:
        self._check()
        return super()._fetch_all()  # type: ignore[misc]

    def _fetch_one(self) -> Any:
        self._check()
        return super()._fetch_one()  # type: ignore[misc]

    def _fetch_many(self, size: int | None) -> Any:
        self._check()
        return super()._fetch_many(size)  # type: ignore[misc]

    def _iterate(self) -> Iterator[Any]:
        self._check()
        yield from super()._iterate()  # type: ignore[misc]

    def _only_one(self, required: bool, several: bool, scalar: bool = False) -> Any:
        self._check()
        return super()._only_one(required, several, scalar)  # type: ignore[misc]


class _Scalars(_Checked, ScalarResult[Any]):
    pass


class _Mappings(_Checked, MappingResult):
    pass


class _Tuples(_Checked, TupleResult[Any]):
    pass


class UniqueRequired(_InPieces, _Checked, IteratorResult[Any]):
    """See the module."""

    def __init__(self, columns: Any, rows: Any, raw: Any, scalars: bool) -> None:
        super().__init__(columns, rows, raw, _source_supports_scalars=scalars)

    def scalars(self, index: Any = 0) -> Any:
        return _Scalars(self, index)

    def mappings(self) -> Any:
        return _Mappings(self)

    def tuples(self) -> Any:
        return _Tuples(self)
