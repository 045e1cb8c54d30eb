"""An engine without a database: statements are handed to a function, for writing out DDL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect import plugins
from lect.engine.url import URL, make_url
from lect.exc import ArgumentError

__all__ = ["MockConnection", "create_mock_engine"]


class MockConnection:
    """Takes the place of engine and connection where DDL is made.

    Attributes:
        dialect: in which the statements are to be compiled.
    """

    def __init__(self, dialect: Any, execute: Callable[..., Any]) -> None:
        self.dialect = dialect
        self._execute = execute
        self._options: dict[str, Any] = {}

    @property
    def engine(self) -> MockConnection:
        """Itself."""
        return self

    @property
    def name(self) -> str:
        """Name of the dialect."""
        name: str = self.dialect.name
        return name

    def connect(self, **kwargs: Any) -> MockConnection:
        """Return itself."""
        return self

    def __enter__(self) -> MockConnection:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def execution_options(self, **kw: Any) -> MockConnection:
        """Take options without effect."""
        self._options.update(kw)
        return self

    def get_execution_options(self) -> dict[str, Any]:
        """Return the options set."""
        return self._options

    def schema_for_object(self, obj: Any) -> Any:
        """Return the schema of a schema object."""
        return obj.schema

    def execute(self, obj: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        """Hand a statement to the function."""
        return self._execute(obj, parameters)

    def _run_ddl(self, verb: str, item: Any, **options: Any) -> None:
        from lect.engine.ddl import run_ddl

        options["checkfirst"] = False
        run_ddl(self, verb, item, **options)


def create_mock_engine(url: str | URL, executor: Any, **kw: Any) -> MockConnection:
    """Return an object that can be given to ``metadata.create_all()`` and hands each statement to `executor`.

    Args:
        url: names the dialect.
        executor: called with (construct, parameters); write the construct with
        ``construct.compile(dialect=engine.dialect)``.
    """
    u = make_url(url)
    cls = plugins.load_dialect(u.get_backend_name())
    unknown = [name for name in kw if name not in cls.options | cls.common_options]
    if unknown:
        raise ArgumentError(f"dialect {cls.name!r} takes no argument {', '.join(map(repr, sorted(unknown)))}")
    return MockConnection(cls(**kw), executor)
