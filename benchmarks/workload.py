"""What a workload is: one task written for the raw driver and for a library, with a result that can be compared."""

from __future__ import annotations

from typing import Any, ClassVar

from benchmarks.library import Library
from benchmarks.raw import Raw

REGISTRY: dict[str, type[Workload]] = {}


class Workload:
    """A task. One instance lives in each contender's process; `raw` or `library` runs once per round, timed.

    Subclasses are registered under their `name` in the order in which they are defined.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    size: ClassVar[int]
    """How many rows, objects or repetitions one round has; `--scale` multiplies it."""
    unit: ClassVar[str] = "s"
    """"s": seconds of a round, compared with the raw driver; "us": microseconds for one of `size`; "ms" and "B": what
    `raw`/`library` return as (value, result) themselves."""
    uses_orm: ClassVar[bool] = True
    has_raw: ClassVar[bool] = True
    goal: ClassVar[dict[str, float]] = {}
    """By database: times the raw driver for unit "s", else the unit itself."""

    def __init_subclass__(cls) -> None:
        if hasattr(cls, "name"):
            REGISTRY[cls.name] = cls

    def __init__(self, contender: str, library: Library | None, url: str, size: int) -> None:
        self.contender = contender
        self.lib: Any = library
        self.url = url
        self.n = size
        self.driver = Raw(url)
        self.engine: Any = None
        if library is not None and self.needs_engine:
            self.engine = library.core.create_engine(url)

    needs_engine: ClassVar[bool] = True

    def prepare(self) -> None:
        """Once: tables with rows, statements or classes that a program would have made at its start."""

    def before(self) -> None:
        """Before each round, not timed."""

    def raw(self) -> Any:
        """The hand-written program."""
        raise NotImplementedError

    def library(self) -> Any:
        """The same over Lect or SQLAlchemy."""
        raise NotImplementedError

    def plain(self, result: Any) -> Any:
        """What `raw` or `library` returned, as plain tuples in a fixed order; runs before `after`, not timed."""
        return result

    def after(self) -> None:
        """After each round, not timed: take back what was written, so that each round finds the same."""

    def run(self) -> Any:
        """The contender's version of the task."""
        return self.raw() if self.lib is None else self.library()

    def close(self) -> None:
        """End of the process's work."""
        if self.engine is not None:
            self.engine.dispose()
        self.driver.connection.close()
