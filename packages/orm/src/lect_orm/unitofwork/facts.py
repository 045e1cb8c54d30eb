"""What writing the rows of one mapper into one table needs to know: worked out once, partly as generated code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from lect.sql.bind import BindParameter
from lect.sql.element import ClauseElement
from lect_orm.unitofwork.changes import Changes

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Omissible", "TableFacts", "are_plain", "facts_of", "has_expressions", "is_expression", "tables_of"]

Row = dict[str, Any]

#: Types of values of which none is a SQL expression; grows with what is met, up to a bound.
_PLAIN: set[type] = {int, str, float, bool, bytes, type(None), tuple, list, dict}
MAX_PLAIN = 2_000


def has_expressions(values: Any) -> bool:
    """Whether any of the values may be a SQL expression; one C-level pass when all types have been met before."""
    if _PLAIN.issuperset(map(type, values)):
        return False
    return any(is_expression(value) for value in values)


def are_plain(types: set[type]) -> bool:
    """Whether values of these types are known to be no SQL expressions."""
    return _PLAIN.issuperset(types)


def is_expression(value: Any) -> bool:
    """Whether a value of an attribute is to be written into the statement as SQL (``obj.x = func.now()``)."""
    cls = type(value)
    if cls in _PLAIN:
        return False
    if isinstance(value, ClauseElement) or hasattr(cls, "__clause_element__"):
        return True
    if len(_PLAIN) < MAX_PLAIN:
        _PLAIN.add(cls)
    return False


class Omissible(NamedTuple):
    """A column that is left out of an INSERT when the object has no value for it."""

    column: Any
    key: str  # attribute; "" when the column has none
    default: Any  # Python-side default to be called by the flush, or None: the database or the statement fills it
    keeps_none: bool  # None is a value of the type
    primary: bool


class TableFacts:
    """One mapper's part of one table.

    Attributes:
        columns: (column, attribute key) for every mapped column that is written.
        primary: the same for the primary key.
        omissible: columns left out of INSERT when there is no value.
        constants: column key -> value written for every row (a discriminator without attribute).
        extract: generated: states -> (rows, bit mask of omitted columns per row).
    """

    def __init__(self, mapper: Any, table: Any) -> None:
        self.mapper = mapper
        self.table = table
        #: column -> name of its parameter: plain strings, whatever wish to be quoted a column's name has
        self.names: dict[Any, str] = {c: str(c.key) for c in table.c}
        keys = mapper.column_to_key
        readonly = mapper.readonly_columns
        self.columns = [(c, keys[c]) for c in mapper.cols_by_table[table] if c in keys and c not in readonly]
        self.key_to_column: dict[str, Any] = {}
        self.same_key: dict[str, list[Any]] = {}
        for column, key in self.columns:
            self.key_to_column.setdefault(key, column)
            self.same_key.setdefault(key, []).append(column)
        self.primary = [(c, keys[c]) for c in mapper.pks_by_table[table] if c in keys]
        self.where_names = self._where_names()
        version = mapper.version_id_col
        self.version: Any = version if version is not None and version in mapper.cols_by_table[table] else None
        self.version_key = keys.get(version) if self.version is not None else None
        self.constants = self._constants()
        self.omissible = self._omissible()
        omitted = {o.column for o in self.omissible}
        self.always = [(c, k) for c, k in self.columns if c not in omitted and c is not self.version]
        self.onupdate = [(c, k) for c, k in self.columns if c.onupdate is not None or c.server_onupdate is not None]
        #: (base table's key column, own key column), for tables of subclasses
        self.carried = getattr(mapper, "inherited_key_pairs", {}).get(table) or []
        #: own key columns that the database updates when the base table's key changes
        self.cascaded = frozenset([right for _left, right in self.carried]) if mapper.passive_updates else frozenset()
        self.extract: Callable[[list[InstanceState]], tuple[list[Row], list[int]]] = self._generate_extract()
        self._insert: Any = None
        self._returning: dict[int, tuple[Any, list[tuple[Any, str]]]] = {}
        self._update: dict[bool, Any] = {}
        self.changes = Changes(self)
        self._delete: Any = None

    @property
    def signature(self) -> tuple[Any, ...]:
        """What makes two mappers write a table in the same way."""
        mapper = self.mapper
        return (
            tuple(self.columns),
            tuple(self.primary),
            tuple(self.constants.items()),
            mapper.batch,
            mapper.eager_defaults,
            mapper.confirm_deleted_rows,
            # Not the column itself: the base may have none, and a column compared with None is SQL.
            id(mapper.version_id_col),
            mapper.version_id_generator,
        )

    def _where_names(self) -> dict[Any, str]:
        taken = {c.key for c in self.table.c}
        names: dict[Any, str] = {}
        wanted = [c for c, _key in self.primary]
        version = self.mapper.version_id_col
        if version is not None and version.table is self.table and version not in wanted:
            wanted.append(version)
        for column in wanted:
            name = f"{self.table.name}_{column.name}".replace(" ", "_")
            while name in taken:
                name += "_1"
            taken.add(name)
            names[column] = name
        return names

    def _constants(self) -> Row:
        mapper = self.mapper
        on = mapper.polymorphic_on
        if on is None or mapper.polymorphic_identity is None or getattr(on, "table", None) is not self.table:
            return {}
        if on in mapper.column_to_key:
            return {}
        return {str(on.key): mapper.polymorphic_identity}

    def _omissible(self) -> list[Omissible]:
        found = []
        mapped = {c for c, _key in self.columns}
        primary = {c for c, _key in self.primary}
        for column, key in self.columns:
            if column is self.version and self.mapper.version_id_generator is not False:
                continue
            default = column.default
            fills = default is not None or column.server_default is not None
            keeps_none = bool(getattr(column.type, "should_evaluate_none", False))
            if column in primary or fills:
                python = default if default is not None and (default.is_scalar or default.is_callable) else None
                found.append(Omissible(column, key, python, keeps_none and column not in primary, column in primary))
            elif column is self.version:
                found.append(Omissible(column, key, None, False, False))
        for column in self.table.c:
            if column not in mapped and column in self.mapper.pks_by_table[self.table]:
                found.append(Omissible(column, "", None, False, True))
        return found

    def _generate_extract(self) -> Callable[[list[InstanceState]], tuple[list[Row], list[int]]]:
        """Write the loop that makes the INSERT parameters of a batch: straight code, one dictionary per row."""
        scope: dict[str, Any] = {"constants": self.constants}
        pairs = []
        for n, (column, key) in enumerate(self.always):
            scope[f"c{n}"] = str(column.key)
            scope[f"k{n}"] = key
            pairs.append(f"c{n}: get(k{n})")
        for n, value in enumerate(self.constants.items()):
            scope[f"x{n}"], scope[f"y{n}"] = value
            pairs.append(f"x{n}: y{n}")
        lines = [
            "def extract(states):",
            "    rows = []",
            "    masks = []",
            "    for state in states:",
            "        values = state().__dict__",
            "        get = values.get",
            f"        row = {{{', '.join(pairs)}}}",
            "        mask = 0",
        ]
        for n, omissible in enumerate(self.omissible):
            scope[f"oc{n}"] = str(omissible.column.key)
            scope[f"ok{n}"] = omissible.key
            if not omissible.key:
                lines.append(f"        mask |= {1 << n}")
                continue
            lines.append(f"        v = get(ok{n})")
            test = f"v is not None or ok{n} in values" if omissible.keeps_none else "v is not None"
            lines.append(f"        if {test}: row[oc{n}] = v")
            lines.append(f"        else: mask |= {1 << n}")
        lines += ["        rows.append(row)", "        masks.append(mask)", "    return rows, masks"]
        exec("\n".join(lines), scope)  # noqa: S102 - made from numbers; names are data in `scope`
        made: Callable[[list[InstanceState]], tuple[list[Row], list[int]]] = scope["extract"]
        return made

    # -- statements ---------------------------------------------------------------------------------------------------

    @property
    def insert(self) -> Any:
        """``INSERT INTO table``."""
        if self._insert is None:
            self._insert = self.table.insert()
        return self._insert

    def insert_returning(self, mask: int, fetched: list[tuple[Any, str]]) -> Any:
        """``INSERT … RETURNING`` of what the server makes for rows with this mask, in the order of the parameters."""
        kept = self._returning.get(mask)
        if kept is None or kept[1] != fetched:
            statement = self.table.insert().returning(*[c for c, _key in fetched], sort_by_parameter_order=True)
            kept = self._returning[mask] = (statement, fetched)
        return kept[0]

    def _where(self, name_of: Callable[[Any], str], versioned: bool) -> list[Any]:
        clauses = [c == BindParameter(name_of(c), type_=c.type, required=True) for c, _key in self.primary]
        if versioned:
            version = self.mapper.version_id_col
            clauses.append(version == BindParameter(name_of(version), type_=version.type, required=True))
        return clauses

    def update(self, versioned: bool) -> Any:
        """``UPDATE table … WHERE primary key [AND version]``; the key's parameters are named by :attr:`where_names`."""
        found = self._update.get(versioned)
        if found is None:
            found = self.table.update().where(*self._where(self.where_names.__getitem__, versioned))
            self._update[versioned] = found
        return found

    @property
    def delete(self) -> Any:
        """``DELETE FROM table WHERE primary key [AND version]``; parameters are named like the columns."""
        if self._delete is None:
            self._delete = self.table.delete().where(*self._where(lambda c: str(c.key), self.version is not None))
        return self._delete


def facts_of(mapper: Any, table: Any) -> TableFacts:
    """Return the facts of a mapper and one of its tables."""
    key = ("table_facts", table)
    found: TableFacts | None = mapper.memo.get(key)
    if found is None:
        mapper._check_configure()
        found = TableFacts(mapper, table)
        parent = mapper.inherits
        if parent is not None and table in parent.tables:
            # Where a class adds nothing to a table, its rows go into the same batches as those of its base.
            inherited = facts_of(parent, table)
            if inherited.signature == found.signature:
                found = inherited
        mapper.memo[key] = found
    return found


def tables_of(mappers: Any) -> list[Any]:
    """Return the tables of several mappers of one hierarchy, each once, base tables first."""
    found: dict[Any, None] = {}
    for mapper in mappers:
        for table in mapper.tables:
            found[table] = None
    if len(mappers) == 1 or len(found) == 1:
        return list(found)
    # Tables of sister classes: each comes after the tables of its own bases, which every mapper lists first.
    return sorted(found, key=lambda t: min(m.tables.index(t) for m in mappers if t in m.tables))
