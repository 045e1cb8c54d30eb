"""The legacy Query: a SELECT that belongs to a session and gives lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Self, TypeVar

from lect.event import dispatcher
from lect.exc import ArgumentError, InvalidRequestError, NoResultFound
from lect.sql._select import Select
from lect.sql._update import Delete, Update
from lect.sql.column import literal_column
from lect.sql.entity import register
from lect.sql.functions import func
from lect.sql.naming import LABEL_STYLE_DISAMBIGUATE_ONLY as _DISAMBIGUATE
from lect.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from lect_orm.attributes.descriptor import QueryableAttribute
from lect_orm.base import object_state
from lect_orm.events.query import QueryEvents
from lect_orm.loading.strategies.dynamic import APPENDER, related_select, require_session
from lect_orm.loading.unawaited import check_members
from lect_orm.mapping.equality import is_column, replace_columns
from lect_orm.query.aliased import AliasedClass, aliased
from lect_orm.query.entities import AliasEntity, BundleEntity, MapperEntity, entity_node
from lect_orm.query.from_statement import FromStatement
from lect_orm.query.parent import parent_criterion, with_parent
from lect_orm.query.translate import Translation, entities_in, unannotated

__all__ = ["AppenderQuery", "Query"]

_T = TypeVar("_T")


class Query(Generic[_T]):
    """``session.query(User).filter(User.name == "ed").all()``. Methods return changed copies.

    The statement inside is :attr:`statement`; ``select()`` with ``session.execute()`` does all of this and more.
    """

    dispatch: Any = dispatcher(QueryEvents)

    is_clause_element = True
    _from_statement: Any = None
    _yield_per: int | None = None
    #: what turns a column of the entities into the column of the subquery they are selected from
    _adapt: Any = None
    #: mapper or alias -> the alias over that subquery
    _stand_ins: dict[Any, Any] = {}
    #: set_label_style() was called: the statement keeps to it when it is used outside of the query
    _labels_chosen = False
    #: steps of join() that filter_by() does not look at any more
    _joins_left_behind = 0

    def __init__(self, entities: Any, session: Any = None) -> None:
        self.session = session
        given = entities if isinstance(entities, list | tuple) else (entities,)
        flat: list[Any] = []
        for one in given:
            flat.extend(one if isinstance(one, list | tuple) else (one,))
        self._select: Any = Select(*flat)._replace(_label_style=LABEL_STYLE_TABLENAME_PLUS_COL)
        for node in self._select._raw_columns:
            if isinstance(node, MapperEntity | AliasEntity):
                # What is asked next may be an attribute that only settling brings, the other side of a relationship.
                node.entity.mapper._check_configure()
        self._params: dict[str, Any] = {}
        self._enable_assertions = True

    # -- making copies -------------------------------------------------------------------------------------------------

    def _with(self, select: Any) -> Self:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._select = select
        return made

    def _no_limit(self, method: str) -> None:
        if self._enable_assertions and (self._select._limit is not None or self._select._offset is not None):
            raise InvalidRequestError(
                f"Query.{method}() being called on a Query which already has LIMIT or OFFSET applied.  Call "
                f"{method}() before limit() or "
                "offset() are applied."
            )

    def _no_statement(self, method: str) -> None:
        if self._from_statement is not None:
            raise InvalidRequestError(
                f"Query.{method}() being called on a Query with an existing full statement - can't apply criterion."
            )

    def _no_criterion(self, method: str) -> None:
        select = self._select
        if self._enable_assertions and (
            select._where
            or select._joins
            or select._from_obj
            or select._order_by
            or select._group_by
            or select._having
            or select._distinct
            or select._limit is not None
            or select._offset is not None
        ):
            raise InvalidRequestError(f"Query.{method}() being called on a Query with existing criterion. ")

    def _entry(self, method: str) -> None:
        self._no_limit(method)
        self._no_statement(method)

    def _adapted(self, given: Any) -> Any:
        """Return an expression as one over the subquery that a set operation put around the entities."""
        if self._adapt is None or given is None or isinstance(given, str | bool):
            return given
        hook = getattr(given, "__clause_element__", None)
        node = given if hook is None else hook()
        if not getattr(node, "is_clause_element", False) or getattr(node, "_is_entity", False):
            return given
        return replace_columns(node, self._adapt)

    def enable_assertions(self, value: bool) -> Self:
        """With False, do not refuse methods after ``limit()``."""
        made = self._with(self._select)
        made._enable_assertions = value
        return made

    # -- the statement -------------------------------------------------------------------------------------------------

    @property
    def statement(self) -> Any:
        """The SELECT, with columns under their own names unless :meth:`set_label_style` has said otherwise.

        What the query itself runs, and ``str(query)`` shows, labels them ``<table>_<column>``.
        """
        return self._own_names(self._labelled_statement())

    def _labelled_statement(self) -> Any:
        return self._after_listeners()._plain_statement()

    def _own_names(self, statement: Any) -> Any:
        if self._labels_chosen or self._from_statement is not None:
            return statement
        return statement.set_label_style(_DISAMBIGUATE)

    def _after_listeners(self) -> Any:
        """Return the query that listeners make of this one before it is compiled."""
        query: Any = self
        for call in type(self).dispatch.before_compile:
            answer = call(query)
            if answer is not None:
                query = answer
        return query

    def _plain_statement(self) -> Any:
        if self._from_statement is not None:
            return self._from_statement
        found = self._select
        if self._params:
            found = found.params(self._params)
        return found

    @property
    def selectable(self) -> Any:
        """The SELECT as it stands inside of other SQL: its columns are labelled ``<table>_<column>``."""
        return self.__clause_element__()

    def __clause_element__(self) -> Any:
        # The names that a union of queries, say, has had ever since; ``statement`` and ``subquery()`` have plain ones.
        return self.enable_eagerloads(False)._labelled_statement()

    def _as_node(self) -> Any:
        return self.__clause_element__()

    def __str__(self) -> str:
        bind = None
        if self.session is not None:
            try:
                bind = self.session.get_bind()
            except Exception:
                bind = None
        return str(self._whole().compile(bind))

    def _whole(self) -> Any:
        """Return the plain SELECT with joined eager loading, as it will be emitted."""
        statement = self._labelled_statement()
        if self._from_statement is not None or getattr(statement, "_plugin", None) is None:
            return statement
        return Translation(statement, with_loaders=True).statement

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """Return the compiled statement."""
        return self._whole().compile(bind, dialect, **kw)

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """One dictionary per thing selected."""
        found: list[dict[str, Any]] = self._own_names(self._select).column_descriptions
        return [{"name": None, "type": None, "aliased": False, "expr": None, "entity": None} | d for d in found]

    @property
    def whereclause(self) -> Any:
        """The condition, or None."""
        return self._select.whereclause

    def subquery(self, name: str | None = None, with_labels: bool = False, reduce_columns: bool = False) -> Any:
        """Return this query as a FROM element."""
        select = self.enable_eagerloads(False)._labelled_statement()
        if not with_labels:
            select = self._own_names(select)
        if reduce_columns:
            select = select.reduce_columns()
        return select.subquery(name=name)

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> Any:
        """Return this query as a common table expression."""
        return self.enable_eagerloads(False).statement.cte(name=name, recursive=recursive, nesting=nesting)

    def label(self, name: str | None) -> Any:
        """Return this query as one value under a name."""
        return self.scalar_subquery().label(name)

    def scalar_subquery(self) -> Any:
        """Return this query as one value."""
        return self.enable_eagerloads(False).statement.scalar_subquery()

    as_scalar = scalar_subquery

    def exists(self) -> Any:
        """Return ``EXISTS (this query)``."""
        inner = self.enable_eagerloads(False)
        inner = inner._with(inner._select.with_only_columns(literal_column("1"), maintain_column_froms=True))
        entities = dict.fromkeys(entity_node(e) for n in self._select._raw_columns for e in entities_in(n))
        plain = {id(e.entity_from): e for e in entities}
        froms = tuple([plain.get(id(f), f) for f in inner._select._from_obj])
        inner = inner._with(inner._select._replace(_from_obj=froms))
        select = inner._select.order_by(None).set_label_style(_DISAMBIGUATE)
        return select.exists()

    def with_labels(self) -> Any:
        """Label all columns ``<table>_<column>``."""
        return self.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)

    apply_labels = with_labels

    def set_label_style(self, style: Any) -> Self:
        """Choose how columns are labelled."""
        made = self._with(self._select.set_label_style(style))
        made._labels_chosen = True
        return made

    @property
    def get_label_style(self) -> Any:
        """How columns are labelled."""
        return self._select._label_style

    # -- what is selected ----------------------------------------------------------------------------------------------

    def add_columns(self, *column: Any) -> Any:
        """Select further things."""
        return self._with(self._select.add_columns(*column))

    def add_column(self, column: Any) -> Any:
        """Select a further thing."""
        return self.add_columns(column)

    def add_entity(self, entity: Any, alias: Any = None) -> Any:
        """Select a further entity."""
        if alias is not None:
            entity = aliased(entity, alias)
        return self._with(self._select.add_columns(entity))

    def with_entities(self, *entities: Any, **kw: Any) -> Any:
        """Select other things."""
        # Joins go on from what was selected before.
        joined = bool(self._select._joins) and self._select._joins[0].left is None
        return self._with(self._select.with_only_columns(*entities, maintain_column_froms=joined))

    def select_from(self, *from_obj: Any) -> Self:
        """Say what to select from."""
        self._no_criterion("select_from")
        return self._with(self._select.select_from(*from_obj))

    def distinct(self, *expr: Any) -> Self:
        """SELECT DISTINCT."""
        self._no_statement("distinct")
        return self._with(self._select.distinct(*map(self._adapted, expr)))

    def ext(self, extension: Any) -> Any:
        """Add syntax of a database: ``query.ext(distinct_on(User.name))``."""
        self._no_statement("ext")
        return self._with(self._select.ext(extension))

    # -- conditions and joins ------------------------------------------------------------------------------------------

    def filter(self, *criterion: Any) -> Self:
        """Add conditions."""
        self._entry("filter")
        return self._with(self._select.where(*map(self._adapted, criterion)))

    where = filter

    def filter_by(self, **kwargs: Any) -> Self:
        """Add ``attribute = value`` conditions on what was joined last, or the first entity."""
        self._entry("filter_by")
        target = self._last_joined()
        conditions = []
        for key, value in kwargs.items():
            attribute = getattr(target, key, None) if not hasattr(target, "contains_column") else target.get(key)
            if attribute is None:
                name = getattr(target, "__name__", None) or self._space_described()
                raise InvalidRequestError(f'Entity namespace for "{name}" has no property "{key}"')
            conditions.append(attribute == value)
        return self.filter(*conditions)

    def _space_described(self) -> str:
        """Return what filter_by() looks at when it is no class, for messages."""
        select = self._select
        if len(select._joins) > self._joins_left_behind:
            node = select._joins[-1].target
        else:
            node = select._from_obj[0] if select._from_obj else select._raw_columns[0]
            node = node.table if is_column(node) else node
        return str(getattr(node, "description", None) or node)

    def _last_joined(self) -> Any:
        select = self._select
        if len(select._joins) > self._joins_left_behind:
            return select._joins[-1].target.entity_namespace
        if select._from_obj:
            return select._from_obj[0].entity_namespace
        node = select._raw_columns[0]
        if getattr(node, "_is_entity", False):
            return node.entity_namespace
        entity = node._annotations.get("parententity") if node._annotations else None
        if entity is not None:
            return entity.class_ if entity.is_mapper else entity.entity
        if is_column(node):
            return node.table.c
        return select.entity_namespace if select.get_final_froms() else object()

    def join(self, target: Any, *props: Any, isouter: bool = False, full: bool = False, **kw: Any) -> Self:
        """Join along a relationship, to an entity, or to a FROM element with an ON condition."""
        self._entry("join")
        if kw:
            raise TypeError(f"unknown arguments: {', '.join(sorted(kw))}")
        onclause = props[0] if props else None
        if len(props) > 1:
            raise ArgumentError("join() takes a target and an ON condition; call it once per join")
        if isinstance(target, str) or isinstance(onclause, str):
            raise ArgumentError(
                "join() accepts class-bound attributes such as User.addresses; strings are not accepted"
            )
        target, onclause = self._joinable(target), self._joinable(onclause)
        return self._with(self._select.join(target, onclause, isouter=isouter, full=full))

    def _joinable(self, given: Any) -> Any:
        """Return a relationship of an entity as that of the alias it is selected as; an ON condition adapted."""
        if not self._stand_ins or given is None:
            return given
        if isinstance(given, QueryableAttribute):
            alias = self._stand_ins.get(given.parent)
            return given if alias is None else getattr(alias, given.key)
        return self._adapted(given)

    def outerjoin(self, target: Any, *props: Any, full: bool = False, **kw: Any) -> Self:
        """As :meth:`join`, LEFT OUTER JOIN."""
        return self.join(target, *props, isouter=True, full=full, **kw)

    def having(self, *having: Any) -> Self:
        """Add conditions on groups."""
        self._entry("having")
        return self._with(self._select.having(*map(self._adapted, having)))

    def group_by(self, *clauses: Any) -> Self:
        """GROUP BY."""
        self._entry("group_by")
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._with(self._select._replace(_group_by=()))
        return self._with(self._select.group_by(*map(self._adapted, clauses)))

    def order_by(self, *clauses: Any) -> Self:
        """ORDER BY; None or False takes away what was said before."""
        self._entry("order_by")
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._with(self._select._replace(_order_by=()))
        return self._with(self._select.order_by(*map(self._adapted, clauses)))

    def limit(self, limit: Any) -> Self:
        """LIMIT."""
        self._no_statement("limit")
        return self._with(self._select.limit(limit))

    def offset(self, offset: Any) -> Self:
        """OFFSET."""
        self._no_statement("offset")
        return self._with(self._select.offset(offset))

    def slice(self, start: int | None, stop: int | None) -> Self:
        """LIMIT and OFFSET, counted as a slice of a list."""
        return self._with(self._select.slice(start, stop))

    def with_parent(self, instance: Any, property: Any = None, from_entity: Any = None) -> Self:
        """Keep rows that belong to `instance` along a relationship."""
        if property is None:
            mapper = object_state(instance).mapper
            target = self._select._raw_columns[0].entity.mapper
            for prop in mapper.iterate_properties:
                if prop.is_relationship and prop.mapper is target:
                    return self.filter(parent_criterion(prop, instance, prop.entity))
            raise InvalidRequestError(
                f"Could not locate a property which relates instances of class '{target.class_.__name__}' to "
                "instances of class "
                f"'{type(instance).__name__}'"
            )
        return self.filter(with_parent(instance, property, from_entity))

    def correlate(self, *fromclauses: Any) -> Self:
        """Correlate to these when used inside another statement."""
        return self._with(self._select.correlate(*fromclauses))

    def prefix_with(self, *expr: Any, **kw: Any) -> Self:
        """Words after SELECT."""
        return self._with(self._select.prefix_with(*expr, **kw))

    def suffix_with(self, *expr: Any, **kw: Any) -> Self:
        """Words at the end."""
        return self._with(self._select.suffix_with(*expr, **kw))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """A hint about a FROM element."""
        return self._with(self._select.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """A hint about the statement."""
        return self._with(self._select.with_statement_hint(text, dialect_name))

    def with_for_update(self, **kw: Any) -> Self:
        """SELECT … FOR UPDATE."""
        return self._with(self._select.with_for_update(**kw))

    def add_cte(self, cte: Any, nest_here: bool = False) -> Self:
        """Add a common table expression."""
        return self._with(self._select.add_cte(cte, nest_here=nest_here))

    def union(self, *q: Any) -> Self:
        """Entities from this query and others."""
        return self._set_operation("union", q)

    def union_all(self, *q: Any) -> Self:
        """Entities from this query and others, duplicates kept."""
        return self._set_operation("union_all", q)

    def intersect(self, *q: Any) -> Self:
        """Entities in this query and others."""
        return self._set_operation("intersect", q)

    def intersect_all(self, *q: Any) -> Self:
        """Entities in this query and others, duplicates kept."""
        return self._set_operation("intersect_all", q)

    def except_(self, *q: Any) -> Self:
        """Entities in this query and not in others."""
        return self._set_operation("except_", q)

    def except_all(self, *q: Any) -> Self:
        """Entities in this query and not in others, duplicates kept."""
        return self._set_operation("except_all", q)

    def _set_operation(self, method: str, others: Sequence[Any]) -> Self:
        first = self.enable_eagerloads(False)._labelled_statement()
        rest = [o.enable_eagerloads(False)._labelled_statement() if isinstance(o, Query) else o for o in others]
        compound = getattr(first, method)(*rest) if rest else first
        return self._from_selectable(
            first,
            compound.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
            if hasattr(compound, "set_label_style")
            else compound,
        )

    def _from_selectable(self, first: Any, statement: Any) -> Self:
        """Select the same entities from `statement`, whose columns are those of `first` one by one."""
        subquery = statement.subquery()
        inner = Translation(first, with_loaders=False)
        places = dict(zip((id(unannotated(c)) for c in inner.columns), subquery.c, strict=False))

        def adapt(node: Any) -> Any:
            found = places.get(id(unannotated(node)))
            if found is None and is_column(node):
                found = subquery.corresponding_column(node)
            return found

        made = self._with(Select())
        made._stand_ins = {}
        columns: list[Any] = []
        readers = iter(inner.readers)
        for node in self._select._raw_columns:
            if isinstance(node, MapperEntity | AliasEntity):
                entity = node.entity
                alias: Any = AliasedClass(entity.mapper, alias=subquery, adapt_on_names=True, use_mapper_path=True)
                alias._lect_aliased.narrowed = True
                next(readers).fill_alias(alias._lect_aliased, subquery)
                made._stand_ins[entity] = alias
                columns.append(alias)
            elif isinstance(node, BundleEntity) or getattr(node, "_is_from_clause", False):
                columns.append(replace_columns(node, adapt))
            else:
                key = next(readers).key
                found = adapt(node)
                columns.append(node if found is None else found._annotate({"proxy_key": key}))
        made._select = Select(*columns)._replace(
            _label_style=LABEL_STYLE_TABLENAME_PLUS_COL, _with_options=self._select._with_options
        )
        made._adapt = adapt
        return made

    def from_statement(self, statement: Any) -> Self:
        """Load the entities from another statement's rows."""
        self._no_criterion("from_statement")
        made = self._with(self._select)
        text = FromStatement(self._select._raw_columns, statement)
        made._from_statement = text._replace(
            _with_options=self._select._with_options, _execution_options=self._select._execution_options
        )
        return made

    # -- options -------------------------------------------------------------------------------------------------------

    def options(self, *args: Any) -> Self:
        """Loader options."""
        flat: list[Any] = []
        for one in args:
            flat.extend(one if isinstance(one, list | tuple) else (one,))
        made = self._with(self._select.options(*flat))
        if self._from_statement is not None:
            made._from_statement = self._from_statement.options(*flat)
        return made

    def execution_options(self, **kwargs: Any) -> Self:
        """Options of the execution."""
        return self._with(self._select.execution_options(**kwargs))

    def get_execution_options(self) -> Any:
        """Options of the execution."""
        return self._select.get_execution_options()

    def populate_existing(self) -> Self:
        """Overwrite objects that are loaded already."""
        return self.execution_options(populate_existing=True)

    def autoflush(self, setting: bool) -> Self:
        """Whether the session flushes before this query."""
        return self.execution_options(autoflush=setting)

    def yield_per(self, count: int) -> Self:
        """Fetch rows in pieces of this size."""
        return self.execution_options(yield_per=count)

    def enable_eagerloads(self, value: bool) -> Self:
        """With False, joined eager loading is left out of the statement."""
        return self.execution_options(_lect_eager=value)

    def with_session(self, session: Any) -> Self:
        """The same in another session."""
        made = self._with(self._select)
        made.session = session
        return made

    def with_transformation(self, fn: Any) -> Any:
        """Return ``fn(self)``."""
        return fn(self)

    def params(self, *args: Any, **kwargs: Any) -> Self:
        """Values for named parameters."""
        if len(args) > 1:
            raise ArgumentError("params() takes zero or one positional argument, which is a dictionary.")
        made = self._with(self._select)
        made._params = {**self._params, **(args[0] if args else {}), **kwargs}
        return made

    def reset_joinpoint(self) -> Self:
        """Let ``filter_by`` mean the first entity again."""
        made = self._with(self._select)
        made._joins_left_behind = len(self._select._joins)
        return made

    @property
    def lazy_loaded_from(self) -> Any:
        """None: loaders use statements, not queries."""
        return None

    def only_return_tuples(self, value: bool) -> Any:
        """With True, a single entity is given as a row of one too."""
        made = self._with(self._select)
        made._tuples = value
        return made

    def tuples(self) -> Any:
        """Rows for a single entity too."""
        return self.only_return_tuples(True)

    @property
    def is_single_entity(self) -> bool:
        """Whether objects rather than rows are given."""
        return not self._tuples and self._is_single()

    _tuples = False

    # -- results -------------------------------------------------------------------------------------------------------

    def _execute(self, statement: Any = None) -> Any:
        if self.session is None:
            raise InvalidRequestError("this query belongs to no session; use with_session()")
        if statement is None:
            query = self._after_listeners()
            if query is not self:
                return query._execute(query._plain_statement())
            statement = self._plain_statement()
        result = self.session.execute(statement, self._params or None, execution_options={"_lect_query": self})
        if self.is_single_entity:
            result = result.scalars()
        if not statement._execution_options.get("yield_per"):
            result = result.unique() if self._filters() else result
        return result

    def _is_single(self) -> bool:
        columns = self._select._raw_columns
        if len(columns) != 1:
            return False
        node = columns[0]
        if isinstance(node, MapperEntity | AliasEntity):
            return True
        bundle = getattr(node, "bundle", None)
        return bundle is not None and bool(bundle.single_entity)

    def _filters(self) -> bool:
        """Whether rows are made unique: there is an entity in them."""
        return self._is_single() or any(isinstance(n, MapperEntity | AliasEntity) for n in self._select._raw_columns)

    def all(self) -> list[_T]:
        """Return all rows, objects for a single entity."""
        found: list[Any] = self._execute().all()
        return list(found)

    def __iter__(self) -> Iterator[_T]:
        return iter(self._execute())

    def first(self) -> _T | None:
        """Return the first row, or None."""
        if self._from_statement is not None:
            return self._execute().first()  # type: ignore[no-any-return]
        return self.limit(1)._execute().first()  # type: ignore[no-any-return]

    def one(self) -> _T:
        """Return the only row.

        Raises:
            NoResultFound, MultipleResultsFound: there is none, or more than one.
        """
        return self._execute().one()  # type: ignore[no-any-return]

    def one_or_none(self) -> _T | None:
        """Return the only row, or None.

        Raises:
            MultipleResultsFound: there is more than one.
        """
        return self._execute().one_or_none()  # type: ignore[no-any-return]

    def scalar(self) -> Any:
        """Return the first column of the only row, or None."""
        try:
            found = self.one()
        except NoResultFound:
            return None
        if not isinstance(found, tuple):
            return found
        return found[0]

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            start, stop, step = item.start, item.stop, item.step
            if isinstance(start, int) and isinstance(stop, int) and stop - start <= 0:
                return []
            if (isinstance(start, int) and start < 0) or (isinstance(stop, int) and stop < 0):
                raise IndexError("negative indexes are not accepted by SQL index / slice operators")
            found = list(self.slice(start, stop))
            return found[::step] if step is not None else found
        if isinstance(item, int) and item < 0:
            raise IndexError("negative indexes are not accepted by SQL index / slice operators")
        return next(iter(list(self.slice(item, item + 1))))

    def count(self) -> int:
        """Return the number of rows."""
        if self._select._execution_options.get("autoflush", True):
            self.session._autoflush()
        inner = self.enable_eagerloads(False)._labelled_statement().subquery()
        counting: Any = Select(func.count(literal_column("*"))).select_from(inner)
        found: int = self.session.execute(
            counting, self._params or None, bind_arguments=self._bind_arguments()
        ).scalar()
        return found

    def _bind_arguments(self) -> dict[str, Any]:
        for node in self._select._raw_columns:
            if isinstance(node, MapperEntity | AliasEntity):
                return {"mapper": node.entity.mapper}
        return {}

    def get(self, ident: Any) -> _T | None:
        """Return the object of this primary key, from the session when it is there."""
        select = self._select
        if select._where or select._joins or select._from_obj or select._order_by or select._limit is not None:
            raise InvalidRequestError("Query.get() being called on a Query with existing criterion.")
        node = select._raw_columns[0]
        if len(select._raw_columns) != 1 or not isinstance(node, MapperEntity | AliasEntity):
            raise InvalidRequestError("Query.get() can only be used against a single mapped class.")
        options = select._execution_options
        lock = select._for_update
        return self.session.get(  # type: ignore[no-any-return]
            node.entity.class_ if node.entity.is_mapper else node.entity.entity,
            ident,
            options=select._with_options or None,
            populate_existing=options.get("populate_existing", False),
            with_for_update=None if lock is None else {field.name: getattr(lock, field.name) for field in lock._fields},
            execution_options=dict(options),
        )

    def instances(self, result: Any, context: Any = None) -> Any:
        """Make objects of the rows of a core result."""
        raise InvalidRequestError("make objects of rows with select(Class).from_statement(statement)")

    def merge_result(self, iterator: Any, load: bool = True) -> Any:
        """Merge objects of a result into the session."""
        for row in iterator:
            if isinstance(row, tuple):
                yield tuple([self._merged(v, load) for v in row])
            else:
                yield self._merged(row, load)

    def _merged(self, value: Any, load: bool) -> Any:
        return self.session.merge(value, load=load) if hasattr(type(value), "__mapper__") else value

    # -- changing rows -------------------------------------------------------------------------------------------------

    def _subject(self) -> Any:
        node = self._select._raw_columns[0]
        if not isinstance(node, MapperEntity):
            entity = node._annotations.get("parententity") if node._annotations else None
            if entity is not None:
                node = entity_node(entity)
            elif not (isinstance(node, AliasEntity) or getattr(node, "_is_table", False)):
                raise ArgumentError(
                    "query.update() and query.delete() need a mapped class or a table to change rows of, got "
                    f"{type(node).__name__}"
                )
        for name in ("_limit", "_offset", "_order_by", "_group_by", "_distinct", "_joins"):
            held = getattr(self._select, name)
            if held is not None and held is not False and held != ():
                method = {
                    "_limit": "limit()",
                    "_offset": "offset()",
                    "_order_by": "order_by()",
                    "_group_by": "group_by()",
                    "_distinct": "distinct()",
                    "_joins": "join(), outerjoin(), select_from(), or from_self()",
                }[name]
                raise InvalidRequestError(f"Can't call Query.update() or Query.delete() when {method} has been called")
        if self._select._from_obj:
            raise InvalidRequestError(
                "Can't call Query.update() or Query.delete() when join(), outerjoin(), select_from(), or "
                "from_self() has been called"
            )
        return node

    def delete(self, synchronize_session: Any = "auto", delete_args: Any = None) -> int:
        """Delete the rows; return how many."""
        query: Any = self
        for call in type(self).dispatch.before_compile_delete:
            query = call(query, BulkChange(query, None, synchronize_session)) or query
        node = query._subject()
        statement: Any = Delete(node)._replace(_where=query._select._where, _with_options=query._select._with_options)
        if delete_args:
            statement = statement.with_dialect_options(**delete_args)
        return self._change(statement, synchronize_session)

    def update(self, values: Any, synchronize_session: Any = "auto", update_args: Any = None) -> int:
        """Update the rows; return how many."""
        query: Any = self
        for call in type(self).dispatch.before_compile_update:
            change = BulkChange(query, values, synchronize_session)
            query = call(query, change) or query
            values = change.values
        node = query._subject()
        statement: Any = Update(node)._replace(_where=query._select._where, _with_options=query._select._with_options)
        arguments = dict(update_args or {})
        if arguments.pop("preserve_parameter_order", False):
            statement = statement.ordered_values(*(values.items() if hasattr(values, "items") else values))
        else:
            statement = statement.values(values)
        if arguments:
            statement = statement.with_dialect_options(**arguments)
        return self._change(statement, synchronize_session)

    def _change(self, statement: Any, synchronize_session: Any) -> int:
        options = {**self._select._execution_options, "synchronize_session": synchronize_session}
        result = self.session.execute(statement, self._params or None, execution_options=options)
        count: int = result.rowcount
        result.close()
        return count


class BulkChange:
    """An UPDATE or DELETE that a query is about to become, for listeners.

    Attributes:
        query: the query.
        values: of an UPDATE; may be replaced.
        synchronize_session: how objects in the session are to follow.
    """

    def __init__(self, query: Any, values: Any, synchronize_session: Any) -> None:
        self.query = query
        self.values = values
        self.synchronize_session = synchronize_session

    @property
    def session(self) -> Any:
        """The query's session."""
        return self.query.session

    @property
    def mapper(self) -> Any:
        """The mapper of the class whose rows are changed."""
        return self.query._subject().entity.mapper


class AppenderQuery(Query[_T]):
    """What a dynamic relationship is: a query of the members, to which members can be added."""

    def __init__(self, impl: Any, state: Any) -> None:
        session = state.session
        super().__init__([entity_node(impl.prop.entity)], session)
        self.attr = impl
        self._state = state
        self.instance = state.obj()
        if state.has_identity:
            statement = related_select(impl, state)
            self._select = statement._replace(_label_style=LABEL_STYLE_TABLENAME_PLUS_COL)

    def _pending(self) -> list[Any]:
        found: list[Any] = self.attr._changes(self._state).added_items
        return found

    def _bound(self) -> bool:
        if self.session is None and self._state.has_identity:
            require_session(self._state, self.attr.key)
        session: Any = self.session
        bound = bool(self._state.has_identity and session is not None)
        if bound and session._front is not None:
            check_members(session, self._state, self.attr.prop, self._select)
        return bound

    def __iter__(self) -> Iterator[_T]:
        if not self._bound():
            return iter(self._pending())
        return super().__iter__()

    def all(self) -> list[_T]:
        return super().all() if self._bound() else self._pending()

    def __getitem__(self, item: Any) -> Any:
        return super().__getitem__(item) if self._bound() else self._pending()[item]

    def count(self) -> int:
        return super().count() if self._bound() else len(self._pending())

    def add(self, item: Any) -> None:
        """Add a member."""
        self.attr.append(self._state, self._state.dict, item)

    append = add

    def add_all(self, iterator: Any) -> None:
        """Add members."""
        for item in iterator:
            self.add(item)

    extend = add_all

    def remove(self, item: Any) -> None:
        """Take a member out."""
        self.attr.remove(self._state, self._state.dict, item)


register(Query, lambda query: query.__clause_element__())
APPENDER[:] = [AppenderQuery]
