"""Which engine a statement or a mapper goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lect.exc import ArgumentError, NoInspectionAvailable, UnboundExecutionError
from lect.inspection import inspect
from lect.sql.traversal import iterate

if TYPE_CHECKING:
    from lect_orm.session.transaction import SessionTransaction

__all__ = ["SessionBinds"]


class SessionBinds:
    """The part of a session that knows engines."""

    bind: Any
    _binds: dict[Any, Any]
    _transaction: SessionTransaction | None

    if TYPE_CHECKING:

        def _autobegin(self) -> SessionTransaction: ...

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Send statements about a mapper or class (and its subclasses) to `bind`."""
        self._add_bind(mapper, bind)

    def bind_table(self, table: Any, bind: Any) -> None:
        """Send statements about a table to `bind`."""
        self._add_bind(table, bind)

    def _add_bind(self, key: Any, bind: Any) -> None:
        try:
            found = inspect(key)
        except NoInspectionAvailable:
            if isinstance(key, type):
                self._binds[key] = bind  # a mixin or an abstract base
                return
            raise ArgumentError(f"Not an acceptable bind target: {key!r}") from None
        if getattr(found, "is_mapper", False):
            self._binds[found.class_] = bind
            for mapper in found.self_and_descendants:
                for table in mapper.tables:
                    self._binds[table] = bind
        elif getattr(found, "is_selectable", False):
            self._binds[found] = bind
        elif isinstance(key, type):
            self._binds[key] = bind
        else:
            raise ArgumentError(f"Not an acceptable bind target: {key!r}")

    def get_bind(self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the engine or connection for a mapper or statement. Override it to route (replicas, shards, tenants).

        Looked at in this order: `bind`; the mapper's class and bases in ``binds``; tables of the statement in
        ``binds``; the session's own ``bind``.

        Raises:
            UnboundExecutionError: none of these knows an engine.
        """
        if bind is not None:
            return bind
        if not self._binds and self.bind is not None:
            return self.bind
        if mapper is not None:
            mapper = self._bind_mapper_of(mapper)
            if self._binds:
                for cls in mapper.class_.__mro__:
                    if cls in self._binds:
                        return self._binds[cls]
                if clause is None:
                    clause = mapper.persist_selectable
        if clause is not None and self._binds:
            for node in iterate(clause):
                try:
                    found = self._binds.get(node)
                except TypeError:
                    continue
                if found is not None:
                    return found
                entity = getattr(node, "_entity_mapper", None) or _mapper_of_attribute(node)
                if entity is not None:
                    for cls in entity.class_.__mro__:
                        if cls in self._binds:
                            return self._binds[cls]
        if self.bind is not None:
            return self.bind
        wanted = []
        if mapper is not None:
            wanted.append(f"mapper {mapper}")
        if clause is not None:
            wanted.append("SQL expression")
        where = " or ".join(wanted) + " or this Session" if wanted else "this Session"
        raise UnboundExecutionError(
            f"Could not locate a bind configured on {where}. Give it one: Session(engine), sessionmaker(engine), or "
            "Session(binds={User: engine})"
        )

    @staticmethod
    def _bind_mapper_of(mapper: Any) -> Any:
        from lect_orm.exc import UnmappedClassError

        try:
            found = inspect(mapper)
        except NoInspectionAvailable:
            if isinstance(mapper, type):
                raise UnmappedClassError(mapper) from None
            raise ArgumentError(
                f"{mapper!r} is neither a mapper nor a mapped class: no engine can be found for it"
            ) from None
        return found.mapper if getattr(found, "is_aliased_class", False) else found

    def _bind_arguments_of_token(self, token: Any, given: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return arguments for :meth:`get_bind` for an object with this identity token; sharded sessions add theirs."""
        return given

    def connection(self, bind_arguments: dict[str, Any] | None = None, execution_options: Any = None) -> Any:
        """Return the connection of the current transaction; begins one when there is none.

        Args:
            bind_arguments: arguments for :meth:`get_bind`, when there are several engines.
            execution_options: given to the connection the first time it is used in this transaction.
        """
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin()
        if bind_arguments:
            arguments = dict(bind_arguments)
            bind = arguments.pop("bind", None)
            if bind is None:
                bind = self.get_bind(**arguments)
        elif not self._binds and self.bind is not None and type(self).get_bind is SessionBinds.get_bind:
            bind = self.bind
        else:
            bind = self.get_bind()
        return transaction._connection_for(bind, execution_options)

    _connection_for = connection


def _mapper_of_attribute(node: Any) -> Any:
    """Return the mapper of the attribute that a column in a statement stands for, or None."""
    notes = getattr(node, "_annotations", None)
    return notes.get("parentmapper") if notes else None
