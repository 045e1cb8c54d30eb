"""One execution of a statement that loads objects: the session, and what has been loaded so far."""

from __future__ import annotations

from typing import Any

__all__ = ["LoadContext"]


class LoadContext:
    """What loaders of one execution share; also what ``load`` and ``refresh`` listeners receive as context.

    Attributes:
        session: where objects go.
        statement: the user's statement.
        populate_existing: values of objects that are loaded already are overwritten.
        refresh_state: the one object that is to be overwritten.
        token: identity token of the objects (sharding), or None.
        post: what is to be loaded by further statements: ``{loader: [objects]}``.
    """

    __slots__ = (
        "autoflush",
        "bind_arguments",
        "checks_version",
        "execution_options",
        "given",
        "kind",
        "makings",
        "origin_state",
        "params",
        "populate_existing",
        "post",
        "refresh_state",
        "session",
        "statement",
        "token",
        "user_passed_query",
    )

    def __init__(
        self,
        session: Any,
        statement: Any,
        *,
        populate_existing: bool = False,
        refresh_state: Any = None,
        token: Any = None,
        execution_options: Any = None,
        bind_arguments: Any = None,
        autoflush: bool = True,
    ) -> None:
        self.session = session
        self.statement = statement
        self.populate_existing = populate_existing
        self.refresh_state = refresh_state
        self.token = token
        self.execution_options = execution_options or {}
        self.bind_arguments = bind_arguments
        self.autoflush = autoflush
        #: an object in memory must have the version of its row, which is about to be locked
        self.checks_version = bool(self.execution_options.get("_lect_checks_version", False))
        #: values given to the execution by name
        self.params: Any = None
        #: what stands for the values and conditions in the options of the plan, which may be of another statement
        self.given: Any = None
        self.post: dict[Any, list[Any]] = {}
        #: makers of objects in use
        self.makings: list[Any] = []

    def rows_done(self) -> None:
        """All rows have been read: makers let go of each other, so that nothing is left to the cyclic collector."""
        for making in self.makings:
            making.release()
        self.makings.clear()

    @property
    def query(self) -> Any:
        """The statement, by the name listeners know."""
        return self.statement

    @property
    def compile_state(self) -> Any:
        """This object."""
        return self
