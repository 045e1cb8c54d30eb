"""How an object was loaded: what its lazy loaders follow."""

from __future__ import annotations

from typing import Any

from lect_orm.loading.options import OptionNode

__all__ = ["LoadOrigin"]


class LoadOrigin:
    """Shared by all objects that one statement loaded as one entity.

    Attributes:
        node: the options for the entity and behind its relationships; None when there are none.
        kind: "columns" or "relationship" for statements that loaders emit; None for the user's.
        state: the object whose attribute was loaded, for such statements.
        emitted_for: what the loader said that emitted the statement; None for the user's.
        given: what stands, in the statement that was executed, for the values and conditions in `node`, which belongs
            to its plan; None when they are the same.
        seen: what was loaded further, by attribute and line of the program (see `lect_orm.loading.n_plus_one`).
    """

    __slots__ = ("emitted_for", "given", "kind", "node", "path", "seen", "state")

    def __init__(self, node: OptionNode | None, kind: str | None = None, state: Any = None, path: Any = None) -> None:
        self.node = node
        self.kind = kind
        self.state = state
        self.path = path
        self.emitted_for: LoadOrigin | None = None
        self.given: Any = None
        self.seen: dict[Any, Any] = {}
