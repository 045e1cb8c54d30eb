"""What a ``do_orm_execute`` listener receives: one statement on its way, to be changed, replaced or answered."""

from __future__ import annotations

from typing import Any, TypeAlias

from lect.exc import InvalidRequestError

__all__ = ["ORMExecuteState"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any


class ORMExecuteState:
    """One call of ``Session.execute``.

    Attributes:
        session: the session.
        statement: the statement; may be replaced.
        parameters: parameters of the call; may be replaced.
        execution_options: options of statement and call together.
        local_execution_options: options of the call only.
        bind_arguments: arguments for ``Session.get_bind``.
    """

    __slots__ = (
        "_remaining",
        "_starting_event",
        "_translated",
        "bind_arguments",
        "execution_options",
        "local_execution_options",
        "parameters",
        "session",
        "statement",
    )

    def __init__(
        self,
        session: Session,
        statement: Any,
        parameters: Any,
        execution_options: dict[str, Any],
        bind_arguments: dict[str, Any],
        remaining: list[Any],
    ) -> None:
        self.session = session
        self.statement = statement
        self.parameters = parameters
        self.local_execution_options = execution_options
        self.execution_options = {**_options_of(statement), **execution_options}
        self.bind_arguments = bind_arguments
        self._remaining = remaining

    def invoke_statement(
        self,
        statement: Any = None,
        params: Any = None,
        execution_options: Any = None,
        bind_arguments: Any = None,
    ) -> Any:
        """Execute the statement (or another one) past the listeners that have run, and return its result.

        Args:
            statement: another statement.
            params: a dictionary that is added to the parameters, or a list that replaces them.
            execution_options: options to add.
            bind_arguments: arguments for ``get_bind`` to add.
        """
        if statement is None:
            statement = self.statement
        bind_arguments = {**self.bind_arguments, **(bind_arguments or {})}
        parameters = self.parameters
        if params is not None:
            if isinstance(params, (list, tuple)):
                parameters = params
            elif isinstance(parameters, (list, tuple)):
                if len(parameters) and isinstance(params, dict):
                    raise InvalidRequestError("Can't combine one dictionary of parameters with a list of them")
                parameters = params
            else:
                parameters = {**(parameters or {}), **params}
        options = {**self.local_execution_options, **(execution_options or {})}
        return self.session._execute_past(statement, parameters, options, bind_arguments, self._remaining)

    def update_execution_options(self, **opts: Any) -> None:
        """Add execution options for this execution."""
        self.local_execution_options = {**self.local_execution_options, **opts}
        self.execution_options = {**self.execution_options, **opts}

    # -- questions ----------------------------------------------------------------------------------------------------

    @property
    def bind_mapper(self) -> Any:
        """The mapper that chooses the engine: the first entity's; None without entities."""
        found = self.bind_arguments.get("mapper")
        if found is not None:
            return found
        mappers = self.all_mappers
        return mappers[0] if mappers else None

    @property
    def all_mappers(self) -> list[Any]:
        """Mappers of the entities at the top of the statement."""
        from lect_orm.query.execute import mappers_of

        return list(mappers_of(self.statement))

    @property
    def is_orm_statement(self) -> bool:
        """Whether the statement has mapped entities."""
        from lect_orm.query.execute import has_entities

        return bool(has_entities(self.statement))

    @property
    def is_executemany(self) -> bool:
        """Whether several parameter sets were given."""
        return isinstance(self.parameters, (list, tuple))

    @property
    def is_select(self) -> bool:
        """Whether it is a SELECT."""
        return bool(getattr(self.statement, "is_select", False))

    @property
    def is_insert(self) -> bool:
        """Whether it is an INSERT."""
        return bool(getattr(self.statement, "is_insert", False))

    @property
    def is_update(self) -> bool:
        """Whether it is an UPDATE."""
        return bool(getattr(self.statement, "is_update", False))

    @property
    def is_delete(self) -> bool:
        """Whether it is a DELETE."""
        return bool(getattr(self.statement, "is_delete", False))

    @property
    def is_from_statement(self) -> bool:
        """Whether it is ``select(...).from_statement(...)``."""
        return bool(getattr(self.statement, "is_from_statement", False))

    @property
    def _origin(self) -> Any:
        return self.execution_options.get("_lect_load", None)

    @property
    def is_column_load(self) -> bool:
        """Whether expired or deferred columns are being loaded."""
        return getattr(self._origin, "kind", None) == "columns"

    @property
    def is_relationship_load(self) -> bool:
        """Whether a relationship is being loaded."""
        return getattr(self._origin, "kind", None) == "relationship"

    @property
    def loader_strategy_path(self) -> Any:
        """Path of the relationship that is being loaded, or None."""
        return getattr(self._origin, "path", None)

    @property
    def lazy_loaded_from(self) -> Any:
        """State of the object whose attribute is being loaded, or None."""
        return getattr(self._origin, "state", None)

    @property
    def load_options(self) -> Any:
        """Options that say how a SELECT loads objects (``populate_existing``, ``yield_per`` …).

        Raises:
            InvalidRequestError: the statement is no SELECT.
        """
        if not (self.is_select or self.is_from_statement):
            raise InvalidRequestError(
                "This ORM execution is not against a SELECT statement so there are no load options."
            )
        return self.execution_options

    @property
    def update_delete_options(self) -> Any:
        """Options that say how an UPDATE or DELETE is synchronised.

        Raises:
            InvalidRequestError: the statement is neither.
        """
        if not (self.is_update or self.is_delete):
            raise InvalidRequestError(
                "This ORM execution is not against an UPDATE or DELETE statement so there are no update options."
            )
        return self.execution_options

    @property
    def user_defined_options(self) -> list[Any]:
        """Options of the application's own classes in the statement."""
        from lect_orm.loading.orm_option import UserDefinedOption

        return [o for o in getattr(self.statement, "_with_options", ()) if isinstance(o, UserDefinedOption)]


def _options_of(statement: Any) -> dict[str, Any]:
    getter = getattr(statement, "get_execution_options", None)
    return dict(getter()) if getter is not None else {}
