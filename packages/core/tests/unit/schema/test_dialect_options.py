"""Arguments that belong to one dialect."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from lect import exc
from lect.schema import Column, Index, MetaData, Table
from lect.sql import dialect_options
from lect.sql.dialect_options import DialectKWArgConst
from lect.types import Integer


@pytest.fixture
def dialects(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    declared: dict[str, Any] = {
        "strict": [
            (Index, {"method": None, "length": 10, "invalid": DialectKWArgConst.REFLECTED_ONLY}),
            (Table, {"engine": None}),
        ],
        "loose": None,
    }

    def find(name: str) -> Any:
        try:
            return declared[name]
        except KeyError:
            raise exc.NoSuchModuleError(name) from None

    monkeypatch.setattr(dialect_options, "_find_declared", find)
    monkeypatch.setattr(dialect_options.DialectKWArgs, "_kw_registry", {})
    yield


@pytest.mark.usefixtures("dialects")
class TestOptions:
    def test_given_and_default(self) -> None:
        index = Index("ix", "x", strict_method="hash")
        assert index.dialect_options["strict"]["method"] == "hash"
        assert index.dialect_options["strict"]["length"] == 10
        assert dict(index.dialect_kwargs) == {"strict_method": "hash"}

    def test_what_is_not_declared_is_refused(self) -> None:
        with pytest.raises(
            exc.ArgumentError,
            match=r"Argument 'strict_engine' is not accepted by dialect 'strict' on behalf of .*; accepted: strict_",
        ):
            Index("ix", "x", strict_engine="x")

    def test_a_dialect_without_declarations_takes_anything(self) -> None:
        assert Index("ix", "x", loose_anything=5).dialect_options["loose"]["anything"] == 5

    def test_a_dialect_that_is_not_installed_is_warned_about(self) -> None:
        with pytest.warns(exc.LectWarning, match="Can't validate argument 'absent_x'"):
            index = Index("ix", "x", absent_x=5)
        assert index.dialect_kwargs["absent_x"] == 5

    def test_a_plain_word_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="should be named <dialectname>_<argument>, got 'engine'"):
            Table("t", MetaData(), engine="x")

    def test_declared_afterwards(self) -> None:
        Column.argument_for("strict", "storage", "plain")
        assert Column("x", Integer).dialect_options["strict"]["storage"] == "plain"
        assert Column("x", Integer, strict_storage="main").dialect_options["strict"]["storage"] == "main"
        with pytest.raises(exc.ArgumentError, match="it takes any"):
            Column.argument_for("loose", "x", None)

    def test_written_through_the_flat_view(self) -> None:
        table = Table("t", MetaData(), strict_engine="a")
        table.dialect_kwargs["strict_engine"] = "b"
        assert table.dialect_options["strict"]["engine"] == "b"
        del table.kwargs["strict_engine"]
        assert table.dialect_options["strict"]["engine"] is None

    def test_copied_and_pickled(self) -> None:
        table = Table("t", MetaData(), Column("x", Integer), strict_engine="a")
        Index("ix", table.c.x, strict_method="hash")
        copy = table.to_metadata(MetaData())
        assert copy.dialect_options["strict"]["engine"] == "a"
        assert next(iter(copy.indexes)).dialect_options["strict"]["method"] == "hash"
        again = pickle.loads(pickle.dumps(table))
        assert dict(again.dialect_kwargs) == {"strict_engine": "a"}

    def test_what_reflection_found_is_kept_apart(self) -> None:
        table = Table("t", MetaData(), Column("x", Integer))
        index = Index("ix", table.c.x, strict_invalid=True, strict_method="hash")
        assert dict(index.dialect_kwargs) == {"strict_method": "hash"}
        assert "invalid" not in index.dialect_options["strict"]
        assert index.reflect_only_elements == {"strict": {"invalid": True}}
        assert index.reflect_only_elements["loose"] == {}
        copy = next(iter(table.to_metadata(MetaData()).indexes))
        assert copy.reflect_only_elements == {"strict": {"invalid": True}}
        again = pickle.loads(pickle.dumps(index))
        assert again.reflect_only_elements == {"strict": {"invalid": True}}
