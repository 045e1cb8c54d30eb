"""The default of an argument for which None is a value."""

from __future__ import annotations

import enum
from typing import Final

__all__ = ["NO_ARG", "NoArg"]


class NoArg(enum.Enum):
    """``NO_ARG`` stands where nothing was given."""

    NO_ARG = 0

    def __repr__(self) -> str:
        return "NO_ARG"


NO_ARG: Final = NoArg.NO_ARG
