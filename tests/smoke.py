"""What a freshly installed wheel must be able to do on its own: `python smoke.py DISTRIBUTION MODULE`.

Runs in an environment that holds one distribution and its dependencies, so it uses nothing but the standard library.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from pathlib import Path


def main(distribution: str, module: str) -> None:
    """Import it, look for what the wheel must contain, load its entry points."""
    imported = importlib.import_module(module)
    assert imported.__file__ is not None
    folder = Path(imported.__file__).parent
    assert (folder / "py.typed").exists(), f"the wheel of {distribution} holds no py.typed"
    assert "site-packages" in folder.parts, f"{module} was imported from {folder}, not from the wheel"
    about = importlib.metadata.distribution(distribution)
    assert about.version
    assert about.metadata["License-Expression"] == "MIT"
    assert any(file.name == "LICENSE" for file in about.files or ()), "the wheel holds no licence"
    loaded = [_load(distribution, point) for point in about.entry_points]
    print(f"{distribution} {about.version}: imports; {len(loaded)} entry points load")


def _load(distribution: str, point: importlib.metadata.EntryPoint) -> object:
    """An entry point must load even where its driver is an extra that is not there: the driver is for connecting."""
    try:
        return point.load()
    except ImportError as error:
        if _is_of_an_extra(distribution, error.name):
            return None  # a pairing with a connector that is installed by asking for it
        raise SystemExit(
            f"{distribution}: entry point {point.name!r} = {point.value!r} does not load: {error}"
        ) from error


def _is_of_an_extra(distribution: str, module: str | None) -> bool:
    """Whether the missing `module` is what one of the distribution's extras brings."""
    wanted = (module or "").partition(".")[0].replace("_", "-")
    requires = importlib.metadata.requires(distribution) or []
    return any(line.startswith(wanted) and "extra ==" in line for line in requires) if wanted else False


if __name__ == "__main__":
    main(*sys.argv[1:])
