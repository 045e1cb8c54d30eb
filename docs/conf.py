"""Sphinx: pages are MyST Markdown; their code is executed by the tests (see `conftest.py` at the root)."""

from __future__ import annotations

project = "Lect"
author = "the Lect authors"
copyright = "the Lect authors"

extensions = ["myst_parser", "sphinx.ext.intersphinx"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}
master_doc = "index"

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
# Pages point at files of the repository (../ARCHITECTURE.md, ../packages/…), which are no pages of the documentation.
suppress_warnings = ["myst.xref_missing"]
intersphinx_mapping: dict[str, tuple[str, None]] = {}  # no network while building

html_theme = "furo"
html_title = "Lect"
nitpicky = True
