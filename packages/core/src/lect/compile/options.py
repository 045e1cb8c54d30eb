"""What may be asked of a compilation beside the statement and the dialect; everything here changes the text or "
"the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lect.sql.names import quoted_name

__all__ = ["DEFAULT", "CompileOptions"]


def _place_of(schema: str | None) -> str:
    """Return what shows in the place of a schema that a map decides."""
    return quoted_name(f"__[SCHEMA_{'_none' if schema is None else schema}]", quote=False)


class CompileOptions:
    """Options of one compilation, hashable through `key`.

    Attributes:
        literal_binds: values are written into the text by the dialect's literal renderer.
        render_postcompile: IN lists and other parameters that are settled at execution are written out now.
        column_keys: names given for an execution (INSERT and UPDATE write these columns); None: not known.
        for_executemany: the plan is for many parameter sets, so nothing can be fetched per row.
        schema_translate_map: schema name or None -> the schema to write instead.
        strict_keys: a name in `column_keys` that is no column is an error, as it is at execution; not for a statement
            that is only compiled.
        linting: FROM elements that nothing joins are reported as a warning.
        batch: an INSERT plan gets a template for many rows per statement (see :mod:`lect.compile.compiled`).
        extra: what a caller gave in `compile_kwargs` for rules of their own (``writer.options.extra``).
    """

    __slots__ = (
        "batch",
        "column_keys",
        "extra",
        "for_executemany",
        "key",
        "linting",
        "literal_binds",
        "render_postcompile",
        "schema_translate_map",
        "strict_keys",
    )

    def __init__(
        self,
        *,
        literal_binds: bool = False,
        render_postcompile: bool = False,
        column_keys: Iterable[Any] | None = None,
        for_executemany: bool = False,
        schema_translate_map: Mapping[str | None, str | None] | None = None,
        linting: bool = False,
        batch: bool = False,
        extra: Mapping[str, Any] | None = None,
        strict_keys: bool = True,
    ) -> None:
        self.literal_binds = literal_binds
        self.render_postcompile = render_postcompile
        #: Columns may be given in the place of their keys.
        self.column_keys = (
            None if column_keys is None else tuple([k if isinstance(k, str) else str(k.key) for k in column_keys])
        )
        self.for_executemany = for_executemany
        self.strict_keys = strict_keys
        self.schema_translate_map = dict(schema_translate_map) if schema_translate_map else None
        self.linting = linting = bool(linting)
        self.batch = batch
        self.extra = dict(extra) if extra else {}
        #: Hashable sum of everything that changes text; None in the place of column_keys, which the cache keys apart.
        self.key = (
            literal_binds,
            render_postcompile,
            for_executemany,
            tuple(sorted(self.schema_translate_map.items(), key=repr)) if self.schema_translate_map else None,
            linting,
            batch,
        )

    @classmethod
    def of(
        cls,
        *,
        compile_kwargs: Mapping[str, Any] | None = None,
        column_keys: Iterable[Any] | None = None,
        for_executemany: bool = False,
        schema_translate_map: Mapping[str | None, str | None] | None = None,
        linting: bool = False,
        **more: Any,
    ) -> CompileOptions:
        """Make options from the arguments of ``statement.compile()``.

        With a `schema_translate_map` the text shows where it acts (``__[SCHEMA_name]``); `render_schema_translate` in
        `compile_kwargs` writes the schemas that it gives, as an execution does.
        """
        given = {**(compile_kwargs or {}), **more}
        if schema_translate_map and not given.pop("render_schema_translate", False):
            schema_translate_map = {name: _place_of(name) for name in schema_translate_map}
        return cls(
            literal_binds=bool(given.pop("literal_binds", False)),
            render_postcompile=bool(given.pop("render_postcompile", False)),
            column_keys=column_keys,
            for_executemany=for_executemany,
            schema_translate_map=schema_translate_map,
            linting=linting,
            extra=given,
            strict_keys=False,
        )


DEFAULT: Final = CompileOptions()
