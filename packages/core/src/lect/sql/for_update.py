"""FOR UPDATE and its relatives: how a SELECT locks the rows it reads."""

from __future__ import annotations

from typing import Any

from lect.sql.arguments import resolve
from lect.sql.node import Node, children, scalar

__all__ = ["ForUpdateArg"]


class ForUpdateArg(Node):
    """The arguments of ``with_for_update()``."""

    __visit_name__ = "for_update_arg"
    _fields = (children("of"), scalar("nowait"), scalar("read"), scalar("skip_locked"), scalar("key_share"))

    def __init__(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> None:
        self.nowait = bool(nowait)
        self.read = bool(read)
        self.skip_locked = bool(skip_locked)
        self.key_share = bool(key_share)
        given = () if of is None else of if isinstance(of, (list, tuple)) else (of,)
        self.of = tuple([resolve(each) for each in given])
