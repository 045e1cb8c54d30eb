"""What is installed: entry points of Lect's groups, found without importing any plugin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from lect.plugins.entries import entry_points

__all__ = ["CONNECTORS", "DIALECTS", "PLUGINS", "Offer", "forget", "known_distributions", "offers"]

DIALECTS: Final = "lect.dialects"
CONNECTORS: Final = "lect.connectors"
PLUGINS: Final = "lect.plugins"

_REQUIREMENT = r"""^\s*([A-Za-z0-9._-]+).*?;.*\bextra\s*==\s*['"]([^'"]+)['"]"""


class Offer:
    """One name that somebody offers in a group: an entry point, or an object registered at run time.

    Attributes:
        name: the name in URLs.
        target: ``"module:attribute"``, for messages.
        distribution: name of the distribution; empty when it was registered at run time.
        version: the distribution's version.
        load: imports and returns the object; lets every exception out.
    """

    __slots__ = ("distribution", "load", "name", "target", "version")

    def __init__(self, name: str, target: str, distribution: str, version: str, load: Callable[[], Any]) -> None:
        self.name = name
        self.target = target
        self.distribution = distribution
        self.version = version
        self.load = load

    def __str__(self) -> str:
        if not self.distribution:
            return f"{self.target}, registered at run time"
        return f"{self.distribution} {self.version} ({self.target})"


_offers: dict[str, list[Offer]] = {}
_extras: dict[str, str] | None = None


def offers(group: str) -> list[Offer]:
    """Return everything installed distributions offer in `group`, by name and distribution. Kept until
    :func:`forget`.
    """
    found = _offers.get(group)
    if found is None:
        everything: dict[str, list[Offer]] = {DIALECTS: [], CONNECTORS: [], PLUGINS: []}
        for point in entry_points(tuple(everything)):
            offer = Offer(point.name, point.value, point.distribution, point.version, point.load)
            everything[point.group].append(offer)
        for each in everything.values():
            each.sort(key=lambda offer: (offer.name, offer.distribution))
        for name, each in everything.items():
            _offers.setdefault(name, each)
        found = _offers[group]
    return found


def known_distributions() -> dict[str, str]:
    """Return ``{extra: distribution}`` as core's own package metadata lists them (``lect[name]``).

    This is how a message can say what to install for a name without core having a list of dialects in its code.
    """
    global _extras
    if _extras is None:
        import importlib.metadata

        _extras = {}
        try:
            requirements = importlib.metadata.requires("lect") or []
        except importlib.metadata.PackageNotFoundError:  # run from a source tree that is not installed
            requirements = []
        for requirement in requirements:
            match = re.match(_REQUIREMENT, requirement)
            if match is not None and match[1].startswith("lect-"):
                _extras.setdefault(match[2], match[1])
    return _extras


def forget() -> None:
    """Forget what was found, so that a distribution installed since is seen."""
    global _extras
    _offers.clear()
    _extras = None
