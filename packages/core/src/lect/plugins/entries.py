"""Entry points of installed distributions, read from their files.

``importlib.metadata`` answers the same question and brings ``email``, ``zipfile``, ``socket`` and some twenty further
modules, which take longer to import than all of ``lect.schema``. Where an installation is anything but distributions in
folders of ``sys.path``, it is asked.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

__all__ = ["EntryPoint", "entry_points"]


class EntryPoint(NamedTuple):
    """One line of a distribution's ``entry_points.txt``.

    Attributes:
        group, name, value: ``name = module:attribute`` in the section `group`.
        distribution, version: who says so.
    """

    group: str
    name: str
    value: str
    distribution: str
    version: str

    def load(self) -> Any:
        """Import and return the object; every exception comes out."""
        from importlib import import_module

        module, _, attributes = self.value.partition("[")[0].partition(":")
        found: Any = import_module(module.strip())
        for attribute in filter(None, attributes.strip().split(".")):
            found = getattr(found, attribute)
        return found


def entry_points(groups: Sequence[str]) -> list[EntryPoint]:
    """Return the entry points of some groups; of distributions of one name the first on ``sys.path`` counts."""
    found = _from_folders(groups)
    return _by_the_standard_library(groups) if found is None else found


def _by_the_standard_library(groups: Sequence[str]) -> list[EntryPoint]:
    import importlib.metadata

    return [
        EntryPoint(
            group,
            point.name,
            point.value,
            "an unnamed distribution" if point.dist is None else point.dist.name,
            "?" if point.dist is None else point.dist.version,
        )
        for group in groups
        for point in importlib.metadata.entry_points(group=group)
    ]


def _from_folders(groups: Sequence[str]) -> list[EntryPoint] | None:
    """Return the entry points of some groups, None when this installation has more than folders."""
    finders = [f for f in sys.meta_path if hasattr(f, "find_distributions")]
    if [getattr(f, "__name__", "") for f in finders] != ["PathFinder"]:
        return None
    found: list[EntryPoint] = []
    seen: set[str] = set()
    for path in sys.path:
        if path.endswith(".egg"):
            return None
        try:
            children = os.listdir(path or ".")
        except NotADirectoryError:
            if path.endswith(".zip") and os.path.basename(path).startswith("python"):
                continue  # the standard library's, whose distributions are none
            return None
        except OSError:
            continue
        for child in children:
            if child.endswith((".dist-info", ".egg-info")):
                name = re.sub(r"[-_.]+", "-", child.rpartition(".")[0].partition("-")[0]).lower()
                if name not in seen:
                    seen.add(name)
                    found.extend(_of_distribution(os.path.join(path, child), groups))
            elif child.endswith(".egg"):
                return None
    return found


def _of_distribution(folder: str, groups: Sequence[str]) -> Iterator[EntryPoint]:
    try:
        with open(os.path.join(folder, "entry_points.txt"), encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return
    if not any(group in text for group in groups):
        return
    about = None
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[] ")
        elif section in groups and line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            if about is None:
                about = _about(folder)
            yield EntryPoint(section, name.strip(), value.strip(), *about)


def _about(folder: str) -> tuple[str, str]:
    """Return name and version of a distribution."""
    facts = {"Name": "an unnamed distribution", "Version": "?"}
    for name in ("METADATA", "PKG-INFO"):
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                for line in file:
                    key, colon, value = line.partition(": ")
                    if not colon:
                        break  # the description begins
                    if key in facts:
                        facts[key] = value.strip()
            break
        except OSError:
            continue
    return facts["Name"], facts["Version"]
