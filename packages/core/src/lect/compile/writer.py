"""The writer: what a rule may ask while a statement becomes text, and the scopes that hold what surrounds it.

A rule gets its node and the writer. It renders inner parts with :meth:`Writer.render`, FROM elements with
:meth:`Writer.render_from`, names with :meth:`Writer.quote` and :meth:`Writer.name`, values with :meth:`Writer.bind` or
:meth:`Writer.literal`. What a rule must know of its surroundings is in `writer.scope` (the enclosing statement) and
`writer.position` (where the node it was called for stands); both are set by whoever renders it, never by flags passed
on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

from lect.compile.bind_cast import BindCast
from lect.compile.clauses import ConditionAsValue
from lect.compile.conditions import is_condition
from lect.compile.options import DEFAULT, CompileOptions
from lect.compile.table import ANSI, Rule
from lect.exc import CompileError, UnsupportedCompilationError
from lect.operators import asbool
from lect.sql.anonymous import anonymous_name, new_name, resolve
from lect.sql.names import truncated_label
from lect.types.boolean import Boolean

__all__ = ["COLUMN", "FROM", "LATERAL", "PLAIN", "ResultColumn", "Scope", "Writer"]

#: Positions a node can stand in.
PLAIN: Final = 0  # inside an expression, or where nothing else is said
COLUMN: Final = 1  # directly in the list of result columns: a label writes "expr AS name"
FROM: Final = 2  # directly in a FROM list: an alias writes "element AS name", elsewhere it writes its name
LATERAL: Final = 3  # a SELECT in a FROM list that may refer to elements before it

# Parameters are written as marks, and the marks replaced when the text is complete, because the order of parameters in
# the text is known only then (WITH is written last and stands first). The marks hold a number made at random for this
# process: no text given by a user can contain one.
_NONCE: Final = os.urandom(8).hex()
MARK_OPEN: Final = f"\ufdd0{_NONCE}:"
MARK_CLOSE: Final = "\ufdd1"


_AMISS: Final = re.compile(r"[%():.\[\] ]+")


class ResultColumn:
    """One column of the result a statement gives.

    Attributes:
        key: the name rows are addressed by.
        name: the name the server reports (the label or column name written in the text).
        objects: what finds this column in a row: column objects, labels, strings.
        type: type of the values.
    """

    __slots__ = ("key", "name", "objects", "type")

    def __init__(self, key: str, name: str, objects: tuple[Any, ...], type_: Any) -> None:
        self.key = key
        self.name = name
        self.objects = objects
        self.type = type_

    def __iter__(self) -> Iterator[Any]:
        return iter((self.key, self.name, self.objects, self.type))

    def __repr__(self) -> str:
        return f"<ResultColumn {self.key!r} {self.type!r}>"


class Scope:
    """What the writer knows of one statement it is inside of.

    Attributes:
        statement: the statement this scope was opened for.
        parent: the scope outside, None at the top.
        froms: FROM elements of this statement: a subquery in its WHERE or columns is correlated to these by itself.
        visible: FROM elements of this and all outer statements: a subquery can be correlated to these when it says so.
        labels: name -> (label's text, column object) of the columns written so far, for ORDER BY and GROUP BY.
        nested: the statement is inside another one (not the one whose rows the result is).
        target: table an INSERT, UPDATE, DELETE or MERGE changes; None in a SELECT.
        facts: whatever rules of one dialect tell each other inside this statement.
    """

    __slots__ = ("ctes", "facts", "froms", "labels", "nested", "parent", "statement", "target", "visible")

    def __init__(self, statement: Any, parent: Scope | None) -> None:
        self.statement = statement
        self.parent = parent
        self.froms: frozenset[Any] = frozenset()
        self.visible: frozenset[Any] = parent.visible if parent is not None else frozenset()
        self.labels: dict[str, Any] = {}
        self.nested = parent is not None
        self.target: Any = None
        self.ctes: Any = None
        self.facts: dict[str, Any] = {}


class Writer:
    """Writes one statement in one dialect. Made per compilation and thrown away after it.

    Attributes:
        dialect: the dialect written for (``name``, ``rules``, ``capabilities``, ``identifiers``, ``literals``).
        options: :class:`~lect.compile.options.CompileOptions` of this compilation.
        scope: the innermost open scope.
        position: where the node being rendered stands (PLAIN, COLUMN, FROM); read it first thing in a rule.
        bare_columns: column names are written without their table (column lists of INSERT, constraints, indexes).
        literal: values are written as literals here, whatever the options say.
    """

    __slots__ = (
        "_counts",
        "_names",
        "_truncated",
        "_truncated_counts",
        "bare_columns",
        "bind_cast",
        "bind_names",
        "bind_sources",
        "binds",
        "capabilities",
        "conditions_apart",
        "ctes",
        "dialect",
        "dml",
        "facts",
        "identifiers",
        "inlined",
        "literal_only",
        "options",
        "position",
        "result_columns",
        "result_ordered",
        "results_wanted",
        "rules",
        "scope",
        "statement",
        "translate",
    )

    def __init__(self, dialect: Any, options: CompileOptions = DEFAULT, statement: Any = None) -> None:
        self.dialect = dialect
        self.rules = getattr(dialect, "rules", ANSI)
        self.capabilities = dialect.capabilities
        self.identifiers = dialect.identifiers
        #: A condition is no value here: it must be written as CASE where a value stands.
        self.conditions_apart = not dialect.capabilities.conditions_are_values
        self.options = options
        self.statement = statement
        self.translate = options.schema_translate_map
        #: The rule of a dialect that states a parameter's type beside its placeholder.
        self.bind_cast = self.rules.find(BindCast)
        self.scope: Scope = Scope(None, None)
        self.position = PLAIN
        self.bare_columns = False
        self.literal_only = options.literal_binds
        #: BindParameter -> final name, in order of writing; and the other way round.
        self.bind_names: dict[Any, str] = {}
        self.binds: dict[str, Any] = {}
        #: BindParameter -> its copy whose value is written into the text, for those that :meth:`inline` was told of.
        self.inlined: dict[Any, Any] = {}
        #: Columns of the result, in order; None while no statement that gives rows was written.
        self.result_columns: list[ResultColumn] | None = None
        self.result_ordered = True
        #: True until the statement whose rows are the result begins; it takes the flag with :meth:`take_results`.
        self.results_wanted = True
        #: CTEs met (see compile/ansi/cte.py) and facts of a DML statement (see compile/compiled.py).
        self.ctes: Any = None
        self.dml: Any = None
        #: Whatever rules of one dialect tell each other during this compilation.
        self.facts: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._counts: dict[str, int] = {}
        self._truncated: dict[tuple[str, str], str] = {}
        self._truncated_counts: dict[str, int] = {}

    # -- rendering --------------------------------------------------------------------------------------------------

    def render(self, node: Any) -> str:
        """Write `node` as part of an expression or clause."""
        return self._render(node, PLAIN)

    def render_from(self, node: Any) -> str:
        """Write `node` as an element of a FROM list."""
        return self._render(node, FROM)

    def render_column(self, node: Any) -> str:
        """Write `node` as one of the result columns: a label writes ``expression AS name``."""
        return self._render(node, COLUMN)

    def _render(self, node: Any, position: int) -> str:
        rule = self.rules.find(node.__class__)
        if rule is None:
            self.missing(node)
        outer = self.position
        self.position = position
        try:
            return rule(node, self)
        finally:
            self.position = outer

    def render_as(self, node: Any, position: int) -> str:
        """Write `node` where another node stood: for nodes that only wrap one."""
        return self._render(node, position)

    def take_results(self) -> bool:
        """Say whether the columns of the statement that asks are those of the result; True for one statement only."""
        wanted = self.results_wanted
        self.results_wanted = False
        return wanted

    def render_value(self, node: Any) -> str:
        """Write `node` where a value stands: a condition is made one where the database does not take it for one."""
        if self.conditions_apart and is_condition(node):
            return self.render(ConditionAsValue(node))
        return self.render(node)

    def render_condition(self, node: Any) -> str:
        """Write `node` where a condition stands: a boolean value is compared where the database wants it so."""
        if not self.conditions_apart:
            return self.render(node)
        node = node.self_group(against=asbool)
        text = self.render(node)
        is_value = isinstance(getattr(node, "type", None), Boolean) and not is_condition(node)
        return f"{text} = 1" if is_value else text

    def render_all(self, nodes: Iterable[Any], separator: str = ", ") -> str:
        """Write several nodes with `separator` between them."""
        render = self.render
        return separator.join([render(n) for n in nodes])

    def missing(self, node: Any) -> NoReturn:
        """Raise the error for a node that has no rule in this dialect."""
        raise UnsupportedCompilationError(
            f"dialect {self.dialect.name!r} has no rule for {type(node).__module__}.{type(node).__qualname__}; "
            f"give it one with @compiles({type(node).__name__})"
        )

    def overridden(self, node: Any, rule: Rule) -> str:
        """Write `node` by the rule that `rule` (the caller) overrides."""
        following = self.rules.next_after(node.__class__, rule)
        if following is None:
            self.missing(node)
        return following(node, self)

    # -- scopes -------------------------------------------------------------------------------------------------------

    @contextmanager
    def enter(self, statement: Any) -> Iterator[Scope]:
        """Open a scope for `statement`, close it afterwards."""
        outer, bare = self.scope, self.bare_columns
        # The outermost scope stands for "no statement": the first statement entered has no parent.
        scope = Scope(statement, outer if outer.statement is not None else None)
        self.scope = scope
        self.bare_columns = False
        try:
            yield scope
        finally:
            self.scope = outer
            self.bare_columns = bare

    @contextmanager
    def without_tables(self) -> Iterator[None]:
        """Inside: columns are written without their table."""
        outer = self.bare_columns
        self.bare_columns = True
        try:
            yield
        finally:
            self.bare_columns = outer

    @contextmanager
    def with_tables(self) -> Iterator[None]:
        """Inside: columns are written with their table again."""
        outer = self.bare_columns
        self.bare_columns = False
        try:
            yield
        finally:
            self.bare_columns = outer

    @contextmanager
    def literals(self) -> Iterator[None]:
        """Inside: values are written into the text by the dialect's literal renderer."""
        outer = self.literal_only
        self.literal_only = True
        try:
            yield
        finally:
            self.literal_only = outer

    # -- names ------------------------------------------------------------------------------------------------------

    def quote(self, name: str) -> str:
        """Return a name as it is written: numbered, shortened and quoted as needed."""
        if isinstance(name, truncated_label):
            name = self.name(name, "colident")
        return self.identifiers.quote(name)  # type: ignore[no-any-return]

    def name(self, name: str, kind: str = "colident") -> str:
        """Return the final, unquoted text of a name.

        Anonymous parts get their number, and names made by rules are shortened to the dialect's maximum. `kind` is
        ``"colident"``, ``"alias"`` or ``"bindparam"``: each is counted by itself when shortening.
        """
        if isinstance(name, anonymous_name):
            name = truncated_label(resolve(name, self._numbered))
        if isinstance(name, truncated_label):
            limit = self.label_length
            if len(name) > limit - 6:
                key = (kind, str(name))
                known = self._truncated.get(key)
                if known is None:
                    n = self._truncated_counts.get(kind, 1)
                    self._truncated_counts[kind] = n + 1
                    known = self._truncated[key] = f"{name[: max(limit - 6, 0)]}_{n:x}"
                return known
            return str(name)
        return name

    @property
    def dialect_names(self) -> tuple[str, ...]:
        """The dialect's name, and the names of dialects whose hints and options hold for it too."""
        return (self.dialect.name, *getattr(self.dialect, "fallback_names", ()))

    @property
    def label_length(self) -> int:
        """Longest name a rule may make."""
        return getattr(self.dialect, "label_length", None) or self.identifiers.max_identifier_length  # type: ignore[no-any-return]

    def _numbered(self, token: int, base: str) -> str:
        text = self._names.get(token)
        if text is None:
            text = self._names[token] = self.next_number(base)
        return text

    def next_number(self, base: str) -> str:
        """Return ``base_<n>`` with the next number of `base` in this statement."""
        n = self._counts.get(base, 0) + 1
        self._counts[base] = n
        return f"{base}_{n}"

    def format_table(self, table: Any) -> str:
        """Return a table's name with its schema, schemas translated."""
        return self.identifiers.format_table(table, name=self.name(table.name, "alias"), translate=self.translate)  # type: ignore[no-any-return]

    # -- values -------------------------------------------------------------------------------------------------------

    def bind(self, param: Any) -> str:
        """Write a bound parameter and return its text: a placeholder to be, or a literal where literals are wanted."""
        if self.literal_only or getattr(param, "_literal_only", False):
            return self.bind_as_literal(param)
        if self.inlined:
            param = self.inlined.get(param, param)
        name = self.bind_name(param)
        mark = f"{MARK_OPEN}{name}{MARK_CLOSE}"
        if param.expanding:
            return f"({mark})"  # a list stands in parentheses, which its members' text does not contain
        if self.bind_cast is None or param.literal_execute:
            return mark
        return self.bind_cast(BindCast(mark, param.type), self)

    def inline(self, params: Iterable[Any]) -> None:
        """Write the values of these parameters into the text at execution, wherever they are met from now on."""
        for param in params:
            if param not in self.inlined and not param.literal_execute:
                self.inlined[param] = param.render_literal_execute()

    def bind_name(self, param: Any) -> str:
        """Return the final name of `param` in this statement, entering it among the statement's parameters.

        Raises:
            CompileError: the name belongs to another parameter, and one of both cannot share it.
        """
        name = self.bind_names.get(param)
        if name is not None:
            return name
        if param.unique:
            name = self._unique_bind_name(param)
        else:
            name = self.name(param.key, "bindparam")
        existing = self.binds.get(name)
        if existing is not None and existing is not param:
            self._check_shared_name(name, existing, param)
        self.binds[name] = param
        self.bind_names[param] = name
        return name

    def rename(self, param: Any, name: str | None) -> None:
        """Give `param` the name `name` in this statement; None: a name of its own, ``param_<n>``."""
        if param in self.bind_names:
            return
        final = self.next_number("param") if name is None else name
        self.bind_names[param] = final
        self.binds[final] = param

    def _unique_bind_name(self, param: Any) -> str:
        key = param.key
        if not isinstance(key, anonymous_name):
            # Without the characters that drivers take amiss, so that two names that differ by them get two numbers.
            key = new_name(_AMISS.sub("_", key).strip("_") or "param")
        return self.name(key, "bindparam")

    def _check_shared_name(self, name: str, existing: Any, param: Any) -> None:
        if existing.unique or param.unique:
            raise CompileError(
                f"Bind parameter {name!r} conflicts with unique bind parameter of the same name; "
                "give bindparam() another name"
            )
        if bool(existing.expanding) != bool(param.expanding):
            raise CompileError(
                f"Can't reuse bound parameter name {name!r} in both 'expanding' (e.g. within an IN expression) and "
                "non-expanding contexts. If this parameter is to receive a list/array value, set 'expanding=True' "
                "on it "
                "for expressions that aren't IN, otherwise use a different parameter name."
            )
        if getattr(existing, "_is_value_of_column", False) is not getattr(param, "_is_value_of_column", False):
            raise CompileError(
                f"bindparam() name {name!r} is reserved for automatic usage in the VALUES or SET clause of this "
                "insert/update statement. Please use a name other than column name when using bindparam() with "
                "insert() "
                f"or update() (for example, 'b_{name}')."
            )

    def bind_as_literal(self, param: Any) -> str:
        """Write the value of `param` as a literal; a list, in parentheses, for an expanding one.

        Raises:
            CompileError: the parameter has no value yet.
        """
        if param.required and param.value is None and param.callable is None:
            raise CompileError(
                f"Bind parameter {param.key!r} renders as a literal here and has no value; give it one with "
                f"bindparam({param.key!r}, value) or statement.params({param.key}=...)"
            )
        value = param.effective_value
        if param.expanding:
            return f"({self.expand_literal(param, value)})"
        return self.literal(value, param.type)

    def expand_literal(self, param: Any, values: Any) -> str:
        """Write the members of an IN list as literals, without the parentheses around the list."""
        from lect.compile.expanding import literal_list

        return literal_list(self, param, values)

    def literal(self, value: object, type_: Any) -> str:
        """Return `value` as a literal of SQL, by the dialect's literal renderer.

        Raises:
            CompileError: there is no literal form for this value and type.
        """
        return self.dialect.literals.render(value, type_, self)  # type: ignore[no-any-return]

    # -- refusing -----------------------------------------------------------------------------------------------------

    def refuse(self, construct: str, reason: str = "", instead: str = "") -> NoReturn:
        """Raise the one error for something this dialect does not write.

        Args:
            construct: what was asked for, as the user knows it: ``"FULL OUTER JOIN"``, ``"limit(percent=True)"``.
            reason: why not, when there is more to say than "the database does not have it".
            instead: what to do instead, as a sentence without a full stop.
        """
        version = ".".join(map(str, self.capabilities.version)) if self.capabilities.version else ""
        text = f"{construct} is not supported by dialect {self.dialect.name!r}"
        if version:
            text += f" (server version {version})"
        if reason:
            text += f": {reason}"
        if instead:
            text += f"; {instead}"
        raise CompileError(text)

    # -- results ------------------------------------------------------------------------------------------------------

    def add_result(self, key: str, name: str, objects: tuple[Any, ...], type_: Any) -> None:
        """Note one column of the result (only for the outermost statement)."""
        if self.result_columns is None:
            self.result_columns = []
        self.result_columns.append(ResultColumn(key, name, objects, type_))
