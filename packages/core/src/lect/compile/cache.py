"""Plans kept by structure: a bounded map from a statement's key to its compiled form, with a report and an audit."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from lect.exc import ArgumentError, LectError

__all__ = ["DEFAULT_SIZE", "PlanCache", "PlanMismatch"]

DEFAULT_SIZE: Final = 500


class PlanMismatch(LectError, AssertionError):
    """The audit found two statements of one key that are written differently: a construct states its structure
    wrongly."""


class PlanCache:
    """Bounded map of plans; the least recently used go when it is full.

    Keys are ``(statement key, names of execute-time parameters, options.key)``. A look-up is one dictionary access
    without
    a lock: recency is a counter kept per entry, and only a full cache sorts by it. Two threads that compile the same
    statement at once both do the work and one result is kept, which costs time and nothing else.

    Args:
        size: number of plans kept; 0 keeps none.
        audit: compile at each hit as well and compare, for tests: raises :class:`PlanMismatch`.
    """

    def __init__(self, size: int = DEFAULT_SIZE, *, audit: bool = False) -> None:
        if not isinstance(size, int) or size < 0:
            raise ArgumentError(f"size of a plan cache must be a number of plans, 0 or more, not {size!r}")
        self.size = size
        self.audit = audit
        self.entries: dict[Hashable, list[Any]] = {}  # key -> [plan, tick of last use]
        self.hits = 0
        self.misses = 0
        self.uncacheable = 0
        self.evicted = 0
        self._tick = 0

    def get(self, key: Hashable) -> Any:
        """Return the plan for `key`, or None."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        self._tick = entry[1] = self._tick + 1
        self.hits += 1
        return entry[0]

    def put(self, key: Hashable, plan: Any) -> None:
        """Keep `plan`; when the cache is half over its size, the least recently used are dropped down to the size."""
        if not self.size:
            return
        self.misses += 1
        self._tick += 1
        self.entries[key] = [plan, self._tick]
        if len(self.entries) > self.size + (self.size >> 1):
            self._trim()

    def _trim(self) -> None:
        ordered = sorted(self.entries.items(), key=lambda item: item[1][1])
        for key, _ in ordered[: max(len(ordered) - self.size, 0)]:
            if self.entries.pop(key, None) is not None:
                self.evicted += 1

    def check(self, key: Hashable, plan: Any, compile_again: Callable[[], Any]) -> None:
        """Compile again and compare with the plan found under the same key.

        Raises:
            PlanMismatch: the texts or the parameters differ.
        """
        fresh = compile_again()
        if not plan.same_text(fresh):
            raise PlanMismatch(
                "Two statements are taken for the same and are not written the same:\n"
                f"{plan.string}\n-- and --\n{fresh.string}\n"
                "A construct or type of one's own leaves out of its structure something that its rule writes: name it "
                "in _fields (a construct) or take it in __init__ (a type), or say inherit_cache = False or "
                "cache_ok = False"
            )

    def clear(self) -> None:
        """Forget all plans; the counters stay."""
        self.entries.clear()

    def __len__(self) -> int:
        return len(self.entries)

    def crowded(self, least: int = 8) -> list[tuple[int, str]]:
        """Return ``(number of keys, a text)`` for statements that are kept under many keys, the most crowded first.

        Texts count as one statement when they differ only in numbers and in the length of lists: values written into
        the text, or ``VALUES`` built with a parameter per row, fill a cache that bound values and ``in_()`` would not.

        Args:
            least: number of keys from which on a statement is reported.
        """
        import re

        found: dict[str, list[str]] = {}
        for plan, _ in list(self.entries.values()):
            text = getattr(plan, "string", "")
            alike = re.sub(r"'[^']*'", "'...'", text)
            alike = re.sub(r"(?<![A-Za-z])\d+|_\d+\b", "#", alike)
            alike = re.sub(r"([:%?$][^,()]*)(, [:%?$][^,()]*)+", r"\1", alike)
            alike = re.sub(r"(\([^()]*\))(, \1)+", r"\1", alike)
            found.setdefault(alike, []).append(text)
        many = [(len(texts), texts[0]) for texts in found.values() if len(texts) >= least and texts[0]]
        return sorted(many, key=lambda each: -each[0])

    def report(self) -> dict[str, Any]:
        """Return counters: plans kept, size, hits, misses, statements that could not be cached, plans dropped; and
        under ``crowded`` what :meth:`crowded` finds."""
        return {
            "crowded": self.crowded(),
            "plans": len(self.entries),
            "size": self.size,
            "hits": self.hits,
            "misses": self.misses,
            "uncacheable": self.uncacheable,
            "evicted": self.evicted,
        }
