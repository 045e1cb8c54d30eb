"""How much a driver must be helped with the types of parameters: which get a cast beside their placeholder."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Casts"]


class Casts(IntEnum):
    """Which parameters are written as ``placeholder::TYPE``. A connector of this package says it as `casts`.

    A connector that says nothing gets a cast for every parameter: the server then knows each type, whatever the driver
    tells it.
    """

    FEW = 1
    """The driver writes values into the text as literals of their type; only those that are written as plain strings
    get a cast (UUID, JSON, arrays, ranges)."""

    GUESSED = 2
    """Dialects without a connector: what a driver takes that sends values apart from the text, with types of its own,
    exact for bytes, floats and the like, a guess or none for strings, integers and dates."""

    ALL = 3
    """The driver sends values apart from the text. The server decides on a parameter's type when it reads the
    statement; without a cast by what the driver guessed, by what stands around the parameter, which may be nothing
    (``SELECT $1``), and for a statement that was prepared by what it was the last time."""
