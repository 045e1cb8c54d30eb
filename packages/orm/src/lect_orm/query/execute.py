"""Executing statements in a session: SELECTs of entities are translated once, planned once, and their rows made
objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lect.engine.row import Columns
from lect.exc import ArgumentError, InvalidRequestError, ObjectNotExecutableError
from lect.sql._select import Select
from lect.sql.node import statement_key
from lect_orm.collector import PAUSE_FROM, pause
from lect_orm.loading.context import LoadContext
from lect_orm.loading.criteria import LoaderCriteriaOption
from lect_orm.mapping import configure
from lect_orm.query.criteria_functions import settled
from lect_orm.query.entities import AliasEntity, BundleEntity, MapperEntity, RelationshipEntity
from lect_orm.query.plain_rows import is_plain, may_load, plain_columns, plain_loader, row_maker
from lect_orm.query.readers import labelled_keys
from lect_orm.query.result import ChunkedOrmResult, ColumnRows, OrmResult, UniqueRequired
from lect_orm.query.translate import Translation

__all__ = [
    "ORM_OPTIONS",
    "RowPlan",
    "SelectPlan",
    "has_entities",
    "load_rows",
    "make_result",
    "mappers_of",
    "plan_for",
    "run",
]

#: Number of plans at which the table is emptied.
MAX_PLANS = 2000

#: ``(session, statement, params, options, bind arguments)`` for INSERT, UPDATE, DELETE; set where both sides are known
RUN_DML: list[Any] = []

_NO_OPTIONS: Mapping[str, Any] = {}
_PLANS: dict[Any, SelectPlan] = {}
configure.EMPTY_CACHES.append(_PLANS.clear)


class RowPlan:
    """How the rows of a statement become what the user gets.

    Attributes:
        readers: what makes each thing of a result row: one per thing selected.
        single: rows are one thing only, given as it is.
        columns, labelled: columns of the result, named by entity and attribute, and as the statement's labels ask.
        needs_unique: rows repeat because of joined collections.
        columnar: rows are the columns of the plain statement, as they come.
    """

    columnar = False

    def __init__(self, translation: Translation, needs_unique: bool) -> None:
        self.translation = translation
        self.readers = translation.readers
        self.single = len(self.readers) == 1 and (
            self.readers[0].is_entity or getattr(self.readers[0], "single_entity", False)
        )
        self.columns = self.labelled = result_columns(self.readers)
        self.needs_unique = needs_unique
        self._makers: dict[int, Any] = {}

    def row_maker(self, processors: Sequence[Any]) -> Any:
        """Return ``make(*entity loaders) -> read(row)`` for rows of several things, or of one that is no entity."""
        found = self._makers.get(id(processors))
        if found is None:
            if len(self._makers) > 50:
                self._makers.clear()
            # The processors are kept too, so that their id stays theirs.
            found = self._makers[id(processors)] = (row_maker(self.readers, processors), processors)
        return found[0]


class SelectPlan(RowPlan):
    """A SELECT of entities, translated: the plain statement, and where its bound parameters come from.

    Attributes:
        statement: the plain statement.
        sources: for each of its bound parameters the position in the original's, or the parameter itself when the
            translation added it.
        columns: columns of the result; None when they name objects of one statement only (aliases) and are made each
        time.
    """

    def __init__(self, statement: Any, binds: Sequence[Any], only: Any = None) -> None:
        translation = Translation(statement, with_loaders=True, only=only)
        super().__init__(translation, translation.needs_unique)
        self.statement = translation.statement
        _, own = statement_key(self.statement)
        places = {id(b): i for i, b in enumerate(binds)}
        self.sources: list[Any] = [places.get(id(b), b) for b in own]
        self.identical = self.sources == list(range(len(binds)))
        self.nodes = statement._raw_columns
        self.labelled = labelled_columns(self.readers, statement._label_style)
        self.mapper = next((r.entity.mapper for r in self.readers if getattr(r, "entity", None) is not None), None)
        #: rows are plain objects of one class, and nothing else
        self.plain = self.single and not self.needs_unique and is_plain(self.readers[0])
        self.columnar = plain_columns(self.readers, self.translation)
        self.has_aliases = _has_aliases(statement)
        self._converting: dict[Any, Any] = {}
        #: bound parameters of the options, by their place, and options with conditions, by theirs: what loaders know
        self.option_binds, self.option_criteria = _in_options(statement._with_options, places)

    def for_statement(self, statement: Any) -> SelectPlan | None:
        """Return the plan for a statement of the same structure whose aliases are objects of their own.

        Only what finds a value in a row by its alias differs. None when the things selected do not tell that one by
        one: bundles, whole FROM elements.
        """
        nodes = statement._raw_columns
        if len(nodes) != len(self.nodes) or len(nodes) != len(self.readers):
            return None
        if all(a is b for a, b in zip(nodes, self.nodes, strict=True)):
            return self
        if any(isinstance(n, BundleEntity | RelationshipEntity) or _is_list(n) for n in nodes):
            return None
        made = object.__new__(SelectPlan)
        made.__dict__.update(self.__dict__)
        keys = [r.keys_of(n) for r, n in zip(self.readers, nodes, strict=True)]
        made.columns = _renamed(self.columns, self.readers, keys)
        made.labelled = _renamed(self.labelled, self.readers, keys)
        return made

    def binds(self, own: Sequence[Any], given: Mapping[Any, Any] | None = None) -> Sequence[Any]:
        """Return the plain statement's bound parameters for those of a statement of the same key.

        `given`: what stands for those that loaders have carried along from another statement; see `given_with`.
        """
        if self.identical:
            return own
        if given is None:
            return [own[s] if s.__class__ is int else s for s in self.sources]
        return [own[s] if s.__class__ is int else given.get(s, s) for s in self.sources]

    def shares_binds(self, own: Sequence[Any]) -> bool:
        """Whether a statement uses a bound parameter of this plan's options itself, at another place.

        It could not be told whether the values or the parameter itself is meant where loaders have both.
        """
        places = dict(self.option_binds)
        return any(places.get(bind, place) != place for place, bind in enumerate(own))

    def given_with(
        self, statement: Any, own: Sequence[Any], given: Mapping[Any, Any] | None = None
    ) -> Mapping[Any, Any] | None:
        """Return what stands, in a statement of the same key, for the values and conditions in this plan's options.

        Loaders are made with the plan and know its options only. `given` is what the statement was given itself, when a
        loader has emitted it. None when there is nothing to exchange.
        """
        found: dict[Any, Any] = {}
        for bind, place in self.option_binds:
            if own[place] is not bind:
                found[bind] = own[place]
        for option, place in self.option_criteria:
            criteria = statement._with_options[place].where_criteria
            if criteria is not option.where_criteria:
                found[option] = criteria
        return {**given, **found} if given is not None else found or None

    def converting(self, columns: Columns, processors: Sequence[Any]) -> Columns:
        """Return the columns of a result with what converts the driver's values, for rows that are columns only."""
        key = (id(columns), id(processors))
        found = self._converting.get(key)
        if found is None:
            if len(self._converting) > 50:
                self._converting.clear()
            made = Columns(columns.keys, columns.objects, processors, columns.unique_filters)
            found = self._converting[key] = (made, columns, processors)
        return found[0]


def _in_options(
    options: Sequence[Any], places: dict[int, int]
) -> tuple[list[tuple[Any, int]], list[tuple[LoaderCriteriaOption, int]]]:
    binds: dict[Any, int] = {}
    criteria: list[tuple[LoaderCriteriaOption, int]] = []
    for place, option in enumerate(options):
        if option._leaves:
            binds.update({b: places[id(b)] for b in statement_key(option)[1] if id(b) in places})
        if isinstance(option, LoaderCriteriaOption) and option.movable:
            criteria.append((option.root, place))
    return list(binds.items()), criteria


def _is_list(node: Any) -> bool:
    return getattr(node, "_is_from_clause", False) or getattr(node, "_is_column_list", False)


def _renamed(columns: Columns, readers: Sequence[Any], keys: Sequence[tuple[Any, ...]]) -> Columns:
    return Columns(list(columns.keys), keys, None, [r.unique_filter for r in readers])


def result_columns(readers: Sequence[Any]) -> Columns:
    """Return the columns of a result of these readers."""
    keys = [r.key if r.key is not None else f"_no_label_{i}" for i, r in enumerate(readers)]
    return Columns(keys, [r.keys() for r in readers], None, [r.unique_filter for r in readers])


def labelled_columns(readers: Sequence[Any], style: Any) -> Columns:
    """Return the columns of a result, columns called as a label style asks for; entities keep their names."""
    keys = [key if key is not None else f"_no_label_{i}" for i, key in enumerate(labelled_keys(readers, style))]
    return Columns(keys, [r.keys() for r in readers], None, [r.unique_filter for r in readers])


def plan_for(statement: Any, only: Any = None) -> tuple[SelectPlan, Sequence[Any]]:
    """Return the plan of a SELECT, with its bound parameters."""
    if statement._with_options:
        statement = settled(statement)
    key, binds = statement_key(statement)
    if key is None:
        return SelectPlan(statement, binds, only), binds
    options = statement._execution_options
    whole: Any = key
    if only is not None or options:
        lenient = bool(options.get("_lect_lenient_options", False))
        whole = (key, only, lenient, options.get("_lect_eager", True))
    plan = _PLANS.get(whole)
    if plan is None:
        plan = SelectPlan(statement, binds, only)
        if len(_PLANS) >= MAX_PLANS:
            _PLANS.clear()
        _PLANS[whole] = plan
    elif plan.option_binds and plan.shares_binds(binds):
        plan = SelectPlan(statement, binds, only)
    elif plan.has_aliases:
        plan = plan.for_statement(statement) or SelectPlan(statement, binds, only)
    return plan, binds


def _has_aliases(statement: Any) -> bool:
    return any(
        isinstance(n, AliasEntity | BundleEntity) or (n._annotations and _of_alias(n)) for n in statement._raw_columns
    )


def _of_alias(node: Any) -> bool:
    entity = node._annotations.get("parententity")
    return entity is not None and not entity.is_mapper


def has_entities(statement: Any) -> bool:
    """Whether a statement has mapped entities."""
    return getattr(statement, "_plugin", None) is not None


def mappers_of(statement: Any) -> list[Any]:
    """Return the mappers of the entities at the top of a statement."""
    found: dict[Any, None] = {}
    nodes = list(getattr(statement, "_raw_columns", ()))
    table = getattr(statement, "table", None)
    if table is not None:
        nodes.append(table)
    element = getattr(statement, "entities", None)
    if element is not None:
        nodes.extend(element)
    for node in nodes:
        if isinstance(node, MapperEntity | AliasEntity):
            found[node.entity.mapper] = None
        elif getattr(node, "_annotations", None):
            mapper = node._annotations.get("parentmapper")
            if mapper is not None:
                found[mapper] = None
        elif isinstance(node, BundleEntity):
            for column in node.columns:
                mapper = column._annotations.get("parentmapper") if column._annotations else None
                if mapper is not None:
                    found[mapper] = None
    return list(found)


def run(
    session: Any,
    statement: Any,
    params: Any = None,
    execution_options: Mapping[str, Any] | None = None,
    bind_arguments: dict[str, Any] | None = None,
) -> Any:
    """Execute a statement in a session; see ``Session.execute``."""
    options = execution_options or _NO_OPTIONS
    plugin = getattr(statement, "_plugin", None)
    if plugin is None:
        return _run_plain(session, statement, params, options, bind_arguments)
    if isinstance(statement, Select):
        return _run_select(session, statement, params, options, bind_arguments)
    if getattr(statement, "is_from_statement", False):
        return statement.run(session, params, options, bind_arguments)
    if getattr(statement, "is_dml", False):
        return RUN_DML[0](session, statement, params, options, bind_arguments)
    if options.get("autoflush", True):
        session._autoflush()
    arguments = _bind_arguments(session, bind_arguments, statement, None)
    return session.connection(bind_arguments=arguments).execute(
        statement._translated(), params, execution_options=_core_options(options)
    )


def _bind_arguments(session: Any, given: dict[str, Any] | None, statement: Any, mapper: Any) -> dict[str, Any] | None:
    if not session._binds and not given and type(session).get_bind.__module__.startswith("lect_orm."):
        return None
    arguments = dict(given or {})
    arguments.setdefault("clause", statement)
    if mapper is not None:
        arguments.setdefault("mapper", mapper)
    return arguments


def _core_options(options: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if not options:
        return None
    found = {k: v for k, v in options.items() if k not in ORM_OPTIONS}
    return found or None


ORM_OPTIONS = frozenset(
    (
        "populate_existing",
        "autoflush",
        "identity_token",
        "synchronize_session",
        "is_delete_using",
        "is_update_from",
        "dml_strategy",
        "render_nulls",
        "_lect_load",
        "_lect_refresh",
        "_lect_lenient_options",
        "_lect_given",
        "_lect_only",
        "_lect_checks_version",
        "_lect_query",
        "_lect_eager",
        "_lect_subquery",
    )
)


def _run_plain(session: Any, statement: Any, params: Any, options: Mapping[str, Any], given: Any) -> Any:
    if isinstance(statement, str):
        raise ArgumentError(
            f"Textual SQL expression {statement!r} should be explicitly declared as text({statement!r})"
        )
    if not hasattr(statement, "_execution_options") and not hasattr(statement, "_execute_on_connection"):
        raise ObjectNotExecutableError(statement)
    if getattr(statement, "is_select", False) and options.get("autoflush", True):
        session._autoflush()  # tables may be those of pending objects
    arguments = _bind_arguments(session, given, statement, None)
    connection = session.connection(bind_arguments=arguments)
    return connection.execute(statement, params, execution_options=_core_options(options))


def _run_select(session: Any, statement: Any, params: Any, options: Mapping[str, Any], given: Any) -> Any:
    if statement._execution_options:
        options = {**statement._execution_options, **options}
    if options.get("autoflush", True):
        session._autoflush()
    plan, binds = plan_for(statement, options.get("_lect_only") if options else None)
    if not options and not params and given is None:
        return _execute_as_it_is(session, statement, plan, binds)
    return execute_plan(session, statement, plan, binds, params, options, given, statement)


def _execute_as_it_is(session: Any, statement: Any, plan: SelectPlan, binds: Sequence[Any]) -> Any:
    """Run a planned SELECT without options and parameters: what most of them are."""
    arguments = _bind_arguments(session, None, statement, plan.mapper)
    connection = session.connection(arguments)
    result = connection.prepare(
        plan.statement, binds if plan.identical else plan.binds(binds), origin=statement
    ).execute()
    if plan.plain and may_load(session, plan.mapper):
        read = plain_loader(plan.readers[0], session, statement, result_processors(result))
        raw = _all_rows(result)
        if len(raw) < PAUSE_FROM:
            rows = [read(row) for row in raw]
        else:
            with pause(len(raw), session.gc_pause):
                rows = [read(row) for row in raw]
        return OrmResult(plan.labelled, rows, result, True)
    ctx = LoadContext(session, statement)
    if plan.option_binds or plan.option_criteria:
        ctx.given = plan.given_with(statement, binds)
    return make_result(plan, ctx, result, None)


def execute_plan(
    session: Any,
    statement: Any,
    plan: SelectPlan,
    binds: Sequence[Any],
    params: Any,
    options: Mapping[str, Any],
    given: Any,
    origin: Any = None,
) -> Any:
    """Run a planned SELECT; return its result. `origin` is the statement when it alone makes the plan."""
    arguments = _bind_arguments(session, given, statement, plan.mapper)
    connection = session.connection(bind_arguments=arguments)
    yield_per = options.get("yield_per")
    core = _core_options(options)
    if yield_per:
        _check_yield_per(plan)
        core = {**(core or {}), "stream_results": True, "max_row_buffer": yield_per}
        core.pop("yield_per", None)
    carried = options.get("_lect_given")
    if carried is not None:
        binds = [carried.get(b, b) for b in binds]
    if carried is not None or plan.option_binds or plan.option_criteria:
        carried = plan.given_with(statement, binds, carried)
    prepared = connection.prepare(plan.statement, plan.binds(binds, carried), execution_options=core, origin=origin)
    result = prepared.execute(params if params else None)
    refresh = options.get("_lect_refresh")
    ctx = LoadContext(
        session,
        statement,
        populate_existing=bool(options.get("populate_existing", False)),
        refresh_state=refresh,
        token=options.get("identity_token"),
        execution_options=options,
        bind_arguments=given,
        autoflush=bool(options.get("autoflush", True)),
    )
    ctx.params = params
    ctx.given = carried
    return make_result(plan, ctx, result, yield_per)


def _check_yield_per(plan: SelectPlan) -> None:
    if plan.needs_unique or plan.translation.needs_whole:
        raise InvalidRequestError(
            "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against "
            "collections or subqueryload(). Consider the selectinload() strategy for better flexibility in loading "
            "objects."
        )


def result_processors(result: Any) -> Sequence[Any]:
    columns = result._columns_checked()
    found = columns.processors
    if found is None:
        found = _NONE.get(len(columns.keys))
        if found is None:
            found = _NONE[len(columns.keys)] = (None,) * len(columns.keys)
    return found  # type: ignore[no-any-return]


_NONE: dict[int, tuple[None, ...]] = {}


def make_result(plan: RowPlan, ctx: LoadContext, result: Any, yield_per: int | None) -> Any:
    if plan.translation.star:
        return result
    processors = result_processors(result)
    # A Query labels the columns of its statement for the statement's own sake.
    columns = plan.columns if "_lect_query" in ctx.execution_options else plan.labelled
    if yield_per:

        def chunks(size: int | None) -> Iterator[Any]:
            read = None
            while True:
                ctx.post = {}
                read = _row_reader(plan, ctx, processors)
                raw = result.raw_cursor().fetchmany(size or yield_per)
                if not raw:
                    result._soft_close()  # who asks again is told once more that there is nothing
                    return
                yield load_rows(plan, ctx, raw, read)

        made: Any = ChunkedOrmResult(
            columns, chunks, source_supports_scalars=plan.single, raw=result, dynamic_yield_per=True
        )
        made._yield_per = yield_per
        return made
    if plan.columnar:
        assert isinstance(plan, SelectPlan)
        return ColumnRows(plan.converting(columns, processors), _all_rows(result), result, ctx.session.gc_pause)
    read = _row_reader(plan, ctx, processors)
    rows = load_rows(plan, ctx, _all_rows(result), read)
    if plan.needs_unique:
        return UniqueRequired(columns, iter(rows), result, plan.single)
    return OrmResult(columns, iter(rows), result, _source_supports_scalars=plan.single)


def _all_rows(result: Any) -> Sequence[Any]:
    """Fetch the driver's rows, all of them: objects must not depend on what the connection does next."""
    source = result.raw_cursor()
    try:
        raw = source.fetchall()
    except BaseException as error:
        result.failed(error)
        raise
    result._soft_close()
    return raw  # type: ignore[no-any-return]


def _row_reader(plan: RowPlan, ctx: LoadContext, processors: Sequence[Any]) -> Any:
    if plan.single:
        return plan.readers[0].make(ctx, processors)
    makers = [r.make(ctx, processors) for r in plan.readers if not r.is_column]
    return plan.row_maker(processors)(*makers)


def load_rows(plan: RowPlan, ctx: LoadContext, raw: Sequence[Any], read: Any) -> list[Any]:
    """Make objects and values of rows, then load what further statements load."""
    with pause(len(raw), ctx.session.gc_pause):
        rows = [read(row) for row in raw]
    ctx.rows_done()
    if ctx.post:
        # Objects are held by `rows` meanwhile.
        for loader, objects in list(ctx.post.items()):
            if objects:
                loader.load(ctx, objects)
    return rows
