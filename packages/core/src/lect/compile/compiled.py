"""A statement as text and plan: what is sent, how parameters are collected, what the result's columns are.

For the engine
--------------

``plan = compile_statement(statement, dialect, options, binds)`` where ``key, binds = statement_key(statement)``; the
plan is kept under ``(key, names of execute-time parameters, options.key)`` (:mod:`lect.compile.cache`). Then, at each
execution:

* ``plan.expands`` False: ``text = plan.string``; ``parameters = plan.collect(binds, params)``, a tuple for positional
  paramstyles, a dict for named ones, values processed for the driver. `params` is the one parameter dict of the
  execution, with what the engine put into it for `prefetch`, or None. ``plan.collect_many(binds, rows)`` gives the
  list for executemany; a row without a value raises InvalidRequestError that names the parameter and the row.
* ``plan.expands`` True (IN lists, parameters written at execution): ``text, parameters = plan.expand(binds, params)``.
  The text
  per length of lists is kept with the plan, bounded.

Facts: ``plan.kind`` (``"select" "insert" "update" "delete" "merge" "text" "ddl" "other"``), ``plan.returns_rows``,
``plan.result_columns``
(None when unknown: plain text), ``plan.result_ordered`` (False: match columns by name, text() with columns by name),
``plan.execution_options`` of the statement.

INSERT, UPDATE, DELETE: ``plan.dml`` is a :class:`DmlPlan`, else None:

* ``dml.prefetch``: ``((column, parameter name), ...)``: before collecting, for each parameter set that lacks the name,
  the engine puts the value of ``column.default`` (INSERT) or ``column.onupdate`` (UPDATE) in under that name.
* ``dml.postfetch``: columns whose new value only the server knows and that are not returned.
* ``dml.returning``: the columns of `result_columns` come from a RETURNING the statement asked for (`explicit`), or
  that the plan added to
  learn generated values (`implicit`): then the rows belong to the engine, and ``dml.returned`` are the columns in
  order.
* ``dml.primary_key``: for one-row INSERTs, per primary key column, where the new value is found: ``("param", name)``,
  ``("value", bind name)``,
  ``("returned", position in the row)``, ``("lastrowid", None)`` or ``None`` (not known).
* ``dml.batch``: None or a :class:`~lect.compile.batch.BatchTemplate`: many rows in one statement, and how those that
  come back are told apart.

``Compiled.recompile()`` compiles its statement again: the audit compares texts (see :mod:`lect.compile.cache`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from lect.compile.batch import ESCAPE, MARK, BatchTemplate, escape_name
from lect.compile.expanding import Expansion, make_expansion
from lect.compile.options import CompileOptions
from lect.compile.writer import ResultColumn, Writer
from lect.exc import InvalidRequestError

__all__ = ["Compiled", "DmlPlan", "ExpandedState"]

#: Number of texts kept per plan for different lengths of IN lists.
MAX_EXPANDED: Final = 64


class DmlPlan:
    """What the engine must do around an INSERT, UPDATE or DELETE; see the module's docstring."""

    __slots__ = (
        "_independent",
        "batch",
        "inline",
        "kind",
        "postfetch",
        "prefetch",
        "primary_key",
        "returned",
        "returning",
        "table",
        "unconsumed",
        "valued",
        "written",
    )

    def __init__(self, kind: str, table: Any) -> None:
        self.kind = kind
        self.table = table
        self.prefetch: tuple[tuple[Any, str], ...] = ()
        self.postfetch: tuple[Any, ...] = ()
        self.returning: str | None = None
        self.returned: tuple[Any, ...] = ()
        self.primary_key: tuple[tuple[str, Any] | None, ...] = ()
        self.batch: BatchTemplate | None = None
        self.inline = False
        #: Names given for the execution that are no columns; they must be parameters.
        self.unconsumed: tuple[str, ...] = ()
        #: Columns the statement writes, in order.
        self.written: tuple[Any, ...] = ()
        #: Those of them whose value is just a parameter.
        self.valued: tuple[Any, ...] = ()
        self._independent: bool | None = None

    @property
    def independent(self) -> bool:
        """Whether an UPDATE or DELETE for many parameter sets comes to the same in every order, and all at once.

        So it is when no value is written that another row's could collide with, nor a row removed that another
        refers to.
        """
        if self._independent is None:
            self._independent = self.kind in ("update", "delete") and _independent(self.table, self.written)
        return self._independent


def _independent(table: Any, written: Sequence[Any]) -> bool:
    constraints = getattr(table, "constraints", None)
    if constraints is None:
        return False
    changed = set(map(id, written))
    for constraint in constraints:
        kind = constraint.__visit_name__
        if kind in ("primary_key_constraint", "unique_constraint"):
            if any(id(column) in changed for column in constraint.columns):
                return False
        elif kind == "foreign_key_constraint":
            if constraint.referred_table is table:
                return False
        elif not kind.endswith("check_constraint"):
            return False
    plain = {id(column) for column in table.c} - changed
    return not written or all(id(e) in plain for index in table.indexes if index.unique for e in index.expressions)


class Compiled:
    """A statement written for one dialect; see the module's docstring for the engine's view.

    Attributes:
        string: the text, with ``__[POSTCOMPILE_name]`` where parameters are settled at execution.
        statement, dialect, options: what was compiled, for what, how.
        binds: name -> parameter, in order of writing. `bind_names` is the reverse.
        positiontup: names in the order of the text for positional paramstyles, else None.
        result_columns: columns of the result, or None when not known.
    """

    __slots__ = (
        "__weakref__",
        "_index",
        "_many",
        "_one",
        "_pieces",
        "_processors",
        "_texts",
        "bind_names",
        "binds",
        "dialect",
        "dml",
        "escaped_names",
        "execution_options",
        "expansions",
        "list_limit",
        "facts",
        "kind",
        "options",
        "paramstyle",
        "positional",
        "positiontup",
        "result_columns",
        "result_ordered",
        "returns_rows",
        "statement",
        "string",
    )

    def __init__(self, writer: Writer, statement: Any, text: str, leaves: Sequence[Any] = ()) -> None:
        dialect = writer.dialect
        self.statement = statement
        self.dialect = dialect
        self.options: CompileOptions = writer.options
        self.kind: str = getattr(statement, "_kind", "other")
        self.binds: dict[str, Any] = writer.binds
        self.bind_names: dict[Any, str] = writer.bind_names
        self.result_columns: list[ResultColumn] | None = writer.result_columns
        self.result_ordered = writer.result_ordered
        self.returns_rows: bool = writer.result_columns is not None
        self.execution_options: Mapping[str, Any] = getattr(statement, "_execution_options", {})
        self.dml: DmlPlan | None = writer.dml
        self.facts: dict[str, Any] = writer.facts
        self.paramstyle: str = getattr(dialect, "paramstyle", "named")
        self.positional = self.paramstyle in ("qmark", "format", "numeric", "numeric_dollar")
        self.expansions: dict[str, Expansion] = {
            name: make_expansion(writer, param, name)
            for name, param in writer.binds.items()
            if param.expanding or param.literal_execute
        }
        self.list_limit: int | None = dialect.capabilities.max_list_parameters
        self.escaped_names = _escape_names(writer.binds)
        for expansion in self.expansions.values():
            expansion.taken = writer.binds.keys()
        self._index = {leaf: i for i, leaf in enumerate(leaves)}
        for param in writer.binds.values():
            if param._stands_for is not None and param not in self._index and param._stands_for in self._index:
                self._index[param] = self._index[param._stands_for]
        pieces = MARK.split(text)
        if self.paramstyle in ("format", "pyformat"):
            pieces[::2] = [piece.replace("%", "%%") for piece in pieces[::2]]
        self._pieces = pieces
        self._texts: dict[Any, tuple[str, Any, dict[str, list[str]]]] = {}
        self._processors: dict[str, Callable[[Any], Any] | None] | None = None
        self._one: Callable[[Sequence[Any], Any], Any] | None = None
        self._many: Callable[[Sequence[Any], Iterable[Any]], list[Any]] | None = None
        self.string, names = self._assemble({})
        self.positiontup: list[str] | None = list(names) if self.positional else None
        if self.options.render_postcompile and self.expansions:
            self._settle()

    # -- text ---------------------------------------------------------------------------------------------------------

    def _placeholder(self, name: str, order: dict[str, int]) -> str:
        name = self.escaped_names.get(name, name)
        style = self.paramstyle
        if style == "named":
            return f":{name}"
        if style == "pyformat":
            return f"%({name})s"
        if style == "qmark":
            return "?"
        if style == "format":
            return "%s"
        number = order.setdefault(name, len(order) + 1)
        return f"${number}" if style == "numeric_dollar" else f":{number}"

    def _assemble(
        self, members: Mapping[str, list[Any]], expansions: Mapping[str, Expansion] | None = None
    ) -> tuple[str, tuple[str, ...]]:
        """Put the text together; `members` holds the lists that are written out now."""
        pieces = self._pieces
        out = [pieces[0]]
        order: dict[str, int] = {}
        positions: list[str] = []
        numeric = self.paramstyle in ("numeric", "numeric_dollar")

        def placeholder(name: str) -> str:
            if not numeric or name not in order:
                positions.append(name)
            return self._placeholder(name, order)

        percent = self.paramstyle in ("format", "pyformat")
        known = self.expansions if expansions is None else expansions
        for i in range(1, len(pieces), 2):
            name = pieces[i]
            expansion = known.get(name)
            if expansion is None:
                out.append(placeholder(name))
            elif name not in members:
                out.append(f"__[POSTCOMPILE_{self.escaped_names.get(name, name)}]")
                positions.append(name)
            else:
                text, _ = expansion.write(members[name], placeholder)
                if percent and (expansion.literal or not members[name]):
                    text = text.replace("%", "%%")
                out.append(text)
            out.append(pieces[i + 1])
        return "".join(out), tuple(positions)

    def _settle(self) -> None:
        """Write out lists with the values the statement holds (`render_postcompile`); the plan is for these
        lengths only."""
        members: dict[str, list[Any]] = {}
        values: dict[str, Any] = {}
        for name, expansion in self.expansions.items():
            param = self.binds[name]
            if param.required and param.value is None and param.callable is None:
                _missing(param.key)
            members[name] = expansion.values(param.effective_value)
        self.string, names = self._assemble(members)
        for name, expansion in self.expansions.items():
            for key, value, type_ in _flat(expansion, members[name]):
                values[key] = (value, type_)
        if self.positional:
            self.positiontup = list(names)
        settled: dict[str, Any] = {}
        for name, param in self.binds.items():
            if name in members:
                for key, value, type_ in _flat(self.expansions[name], members[name]):
                    settled[key] = _Settled(key, value, type_)
            else:
                settled[name] = param
        self.binds = settled
        self.bind_names = {param: name for name, param in settled.items()}
        self.expansions = {}

    def __str__(self) -> str:
        return self.string

    def __repr__(self) -> str:
        return f"<Compiled {self.kind} for {self.dialect.name!r}: {self.string!r}>"

    @property
    def implicit_returning(self) -> list[Any]:
        """Columns of a RETURNING that nobody wrote, to fetch what the server makes."""
        return list(self.dml.returned) if self.dml is not None and self.dml.returning == "implicit" else []

    @property
    def postfetch(self) -> list[Any]:
        """Columns whose new value only the server knows."""
        return [] if self.dml is None else list(self.dml.postfetch)

    @property
    def isinsert(self) -> bool:
        """True for an INSERT."""
        return self.kind == "insert"

    @property
    def isupdate(self) -> bool:
        """True for an UPDATE."""
        return self.kind == "update"

    @property
    def isdelete(self) -> bool:
        """True for a DELETE."""
        return self.kind == "delete"

    # -- parameters ---------------------------------------------------------------------------------------------------

    @property
    def expands(self) -> bool:
        """True when the text depends on values: lists in IN, parameters written as literals at execution."""
        return bool(self.expansions)

    @property
    def literal_execute_params(self) -> frozenset[Any]:
        """The parameters whose values are written into the text at execution."""
        return frozenset([param for param in self.binds.values() if param.literal_execute])

    @property
    def post_compile_params(self) -> frozenset[Any]:
        """The parameters that hold lists, which are written out at execution."""
        return frozenset([param for param in self.binds.values() if param.expanding and not param.literal_execute])

    @property
    def params(self) -> dict[str, Any]:
        """Name -> value of the parameters as the statement holds them, not processed; None where none was given."""
        return self.construct_params(check=False)

    def construct_params(
        self,
        params: Mapping[str, Any] | None = None,
        *,
        escape_names: bool = True,
        check: bool = True,
    ) -> dict[str, Any]:
        """Return name -> value, with `params` in place of the statement's values.

        Raises:
            InvalidRequestError: a parameter that needs a value has none (with `check`).
        """
        out: dict[str, Any] = {}
        for name, param in self.binds.items():
            key = self.escaped_names.get(name, name) if escape_names else name
            if params and not param.unique and param.key in params:
                out[key] = params[param.key]
            elif params and name in params:
                out[key] = params[name]
            else:
                if check and param.required and param.value is None and param.callable is None:
                    _missing(param.key)
                out[key] = param.effective_value
        return out

    @property
    def processors(self) -> dict[str, Callable[[Any], Any] | None]:
        """Name -> function that turns a value into what the driver takes; None: as it is."""
        if self._processors is None:
            self._processors = {
                name: None if name in self.expansions else bind_processor(param.type, self.dialect)
                for name, param in self.binds.items()
            }
        return self._processors

    def _sources(self) -> list[tuple[str, str]]:
        """Return ``(name, source expression)`` for each parameter; the expressions are used in generated code."""
        given = set(self.options.column_keys or ())
        if self.dml is not None:
            given.update(name for _, name in self.dml.prefetch)
        out: list[tuple[str, str]] = []
        for name, param in self.binds.items():
            key = str(param.key)
            if name in given:
                source = f"params[{name!r}]"
            elif not param.unique and key in given:
                source = f"params[{key!r}]"
            elif param in self._index:
                source = f"binds[{self._index[param]}].effective_value"
            elif param.required and param.value is None and param.callable is None:
                source = f"missing({name!r})"
            else:
                source = f"own[{name!r}].effective_value"
            if param in self._index and param.required and source.startswith("binds"):
                source = f"required(binds[{self._index[param]}])"
            out.append((name, source))
        return out

    def _generate(self) -> None:
        scope: dict[str, Any] = {"own": self.binds, "missing": _missing, "required": _required_value}
        sources = dict(self._sources())
        processors = self.processors
        expressions: dict[str, str] = {}
        for i, (name, source) in enumerate(sources.items()):
            process = processors[name]
            if process is not None:
                # A processor that only lets None pass besides is spared that call.
                convert = getattr(process, "for_values", None)
                scope[f"p{i}"] = process if convert is None else convert
                source = f"p{i}({source})" if convert is None else f"None if (v := {source}) is None else p{i}(v)"
            expressions[name] = source
        if self.positional:
            assert self.positiontup is not None
            items = "".join(f"{expressions[name]}, " for name in self.positiontup)
            body = f"({items})"
        else:
            items = ", ".join(f"{self.escaped_names.get(n, n)!r}: {e}" for n, e in expressions.items())
            body = f"{{{items}}}"
        code = (
            f"def one(binds, params):\n    return {body}\n"
            f"def many(binds, rows):\n    return [{body} for params in rows]\n"
        )
        exec(code, scope)  # noqa: S102 - the source holds positions and names, every name as its repr
        self._one, self._many = scope["one"], scope["many"]

    def collect(self, binds: Sequence[Any], params: Mapping[str, Any] | None = None) -> Any:
        """Return the driver's parameters: values of `binds` (of the statement executed now) and of `params`."""
        one = self._one
        if one is None:
            self._generate()
            one = self._one
            assert one is not None
        try:
            return one(binds, params)
        except KeyError as e:
            raise self._lacking(e, params, None) from None

    def collect_many(self, binds: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return one set of driver parameters per row of `rows`."""
        if self._many is None:
            self._generate()
            assert self._many is not None
        try:
            return self._many(binds, rows)
        except KeyError as e:
            wanted = e.args[0] if e.args else None
            for number, row in enumerate(rows):
                if wanted not in row:
                    raise self._lacking(e, row, number) from None
            raise

    def _lacking(self, error: KeyError, params: Mapping[str, Any] | None, group: int | None) -> Exception:
        name = error.args[0] if error.args else None
        if name not in set(self.options.column_keys or ()) | {n for _, n in (self.dml.prefetch if self.dml else ())}:
            return error
        where = "" if group is None else f", in parameter group {group}"
        return InvalidRequestError(f"A value is required for bind parameter {name!r}{where}", code="missing-value")

    def expand(self, binds: Sequence[Any], params: Mapping[str, Any] | None = None) -> tuple[str, Any]:
        """Return ``(text, driver's parameters)`` with lists written out for the values at hand."""
        members: dict[str, list[Any]] = {}
        key: list[Any] = []
        expansions = self.expansions
        limit = self.list_limit
        for name, expansion in self.expansions.items():
            members[name] = values = expansion.values(self._value_of(name, binds, params))
            if limit is not None and len(values) > limit and not expansion.literal:
                # Such a text is long, and seldom met again: it is not kept.
                expansions = {**expansions, name: expansion.as_literals()}
                continue
            key.append(expansion._write_literal(values) if expansion.literal and values else len(values))
        if expansions is not self.expansions:
            found = self._written_out(members, expansions)
        else:
            cached = tuple(key)
            known = self._texts.get(cached)
            if known is None:
                if len(self._texts) >= MAX_EXPANDED:
                    self._texts.clear()
                known = self._texts[cached] = self._written_out(members, expansions)
            found = known
        text, pick, names = found
        processors = self.processors
        plain: dict[str, Any] = {}
        for name in self.binds:
            expansion_ = expansions.get(name)
            if expansion_ is None:
                value = self._value_of(name, binds, params)
                process = processors[name]
                plain[self.escaped_names.get(name, name)] = value if process is None else process(value)
            elif not expansion_.literal:
                listed: Iterable[Any] = members[name]
                if expansion_.row:  # tuples, whose members have types of their own
                    makers = [bind_processor(type_, self.dialect) for type_ in expansion_.types]
                    listed = [
                        value if make is None else make(value)
                        for member in members[name]
                        for value, make in zip(member, makers, strict=True)
                    ]
                else:
                    make = bind_processor(expansion_.types[0], self.dialect)
                    if make is not None:
                        listed = map(make, listed)
                plain.update(zip(names[name], listed, strict=True))
        return text, plain if pick is None else pick(plain)

    def _written_out(
        self, members: Mapping[str, list[Any]], expansions: Mapping[str, Expansion]
    ) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]] | None, dict[str, list[str]]]:
        """Return what lists of these lengths have in common: the text; what takes the values in order out of a
        dictionary, for positional styles; and the names of each list's members.
        """
        text, positions = self._assemble(members, expansions)
        escaped = self.escaped_names
        names = {
            name: [escaped.get(key, key) for key, _, _ in _flat(expansions[name], values)]
            for name, values in members.items()
        }
        if not self.positional:
            return text, None, names
        wanted = [escaped.get(name, name) for name in positions]
        if len(wanted) > 1:
            return text, itemgetter(*wanted), names
        return text, lambda plain: tuple([plain[name] for name in wanted]), names

    def _value_of(self, name: str, binds: Sequence[Any], params: Mapping[str, Any] | None) -> Any:
        param = self.binds[name]
        if params:
            if name in params:
                return params[name]
            if not param.unique and param.key in params:
                return params[param.key]
        position = self._index.get(param)
        if position is not None:
            param = binds[position]
        return _required_value(param)

    def construct_expanded_state(
        self, params: Mapping[str, Any] | None = None, *, escape_names: bool = True
    ) -> ExpandedState:
        """Return text and parameters as they would be sent for `params`, lists written out; values are not
        processed."""
        given = self.construct_params(params, escape_names=False)
        members = {name: e.values(given[name]) for name, e in self.expansions.items()}
        text, positions = self._assemble(members)
        out: dict[str, Any] = {}
        grown: dict[str, list[str]] = {}
        for name in self.binds:
            expansion = self.expansions.get(name)
            if expansion is None:
                out[name] = given[name]
            else:
                flat = list(_flat(expansion, members[name]))
                grown[name] = [key for key, _, _ in flat]
                out.update({key: value for key, value, _ in flat})
        if escape_names:
            named = {self.escaped_names.get(n, n): v for n, v in out.items()}
        else:
            named = out
        return ExpandedState(text, named, list(positions) if self.positional else None, out, grown)

    # -- audit --------------------------------------------------------------------------------------------------------

    def same_text(self, other: Compiled) -> bool:
        """Say whether `other` would send the same: the audit of the statement cache."""
        return (
            self.string == other.string
            and list(self.binds) == list(other.binds)
            and self.positiontup == other.positiontup
            and self._batch_text() == other._batch_text()
        )

    def _batch_text(self) -> str:
        batch = None if self.dml is None else self.dml.batch
        return "" if batch is None else batch.text(2) + (batch.columnwise.text if batch.columnwise is not None else "")


class ExpandedState:
    """Text and parameters with lists written out; see :meth:`Compiled.construct_expanded_state`.

    Attributes:
        statement: the text. `parameters`: name -> value. `positiontup`: names in order for positional styles, else
            None.
        parameter_expansion: name of a list -> names of the parameters in its place.
    """

    __slots__ = ("_values", "parameter_expansion", "parameters", "positiontup", "statement")

    def __init__(
        self,
        statement: str,
        parameters: dict[str, Any],
        positiontup: list[str] | None,
        values: dict[str, Any],
        parameter_expansion: dict[str, list[str]],
    ) -> None:
        self.statement = statement
        self.parameters = parameters
        self.positiontup = positiontup
        self.parameter_expansion = parameter_expansion
        self._values = values

    @property
    def positional_parameters(self) -> tuple[Any, ...]:
        """The values in order.

        Raises:
            InvalidRequestError: the statement was not written for a positional paramstyle.
        """
        if self.positiontup is None:
            raise InvalidRequestError("statement does not use a positional paramstyle")
        return tuple([self._values[name] for name in self.positiontup])

    @property
    def additional_parameters(self) -> dict[str, Any]:
        """The same as `parameters`."""
        return self.parameters


def _escape_names(names: Iterable[str]) -> dict[str, str]:
    """Return name -> what is written for it, for names with characters that drivers take amiss; no two become one."""
    taken = set(names)
    out: dict[str, str] = {}
    for name in names:
        if ESCAPE.search(name):
            escaped = escape_name(name)
            while escaped in taken:
                escaped += "__1"
            taken.add(escaped)
            out[name] = escaped
    return out


class _Settled:
    """One member of a list that was written out at compile time."""

    __slots__ = (
        "callable",
        "effective_value",
        "expanding",
        "key",
        "literal_execute",
        "required",
        "type",
        "unique",
        "value",
    )

    def __init__(self, key: str, value: Any, type_: Any) -> None:
        self.key = key
        self.value = self.effective_value = value
        self.type = type_
        self.unique = False
        self.expanding = self.literal_execute = self.required = False
        self.callable = None


def _flat(expansion: Expansion, members: list[Any]) -> Iterable[tuple[str, Any, Any]]:
    """Yield (name, value, type) for each value in the members of a list, as :meth:`Expansion.write` names them."""
    if expansion.literal:
        return
    if not expansion.row:
        type_ = expansion.types[0]
        for i, member in enumerate(members, 1):
            yield expansion.member_name(f"{expansion.name}_{i}"), member, type_
        return
    for i, member in enumerate(members, 1):
        for j, (value, type_) in enumerate(zip(member, expansion.types, strict=True), 1):
            yield expansion.member_name(f"{expansion.name}_{i}_{j}"), value, type_


def _required_value(param: Any) -> Any:
    if param.required and param.value is None and param.callable is None:
        _missing(param.key)
    return param.effective_value


def _missing(name: str) -> Any:
    raise InvalidRequestError(f"A value is required for bind parameter {str(name)!r}", code="missing-value")


def bind_processor(type_: Any, dialect: Any) -> Callable[[Any], Any] | None:
    """Return the function that turns a value of `type_` into what the driver of `dialect` takes, or None."""
    found = getattr(dialect, "bind_processor_of", None)
    if found is not None:
        return found(type_)  # type: ignore[no-any-return]
    return type_._cached_bind_processor(dialect)  # type: ignore[no-any-return]
