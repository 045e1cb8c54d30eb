"""The operators, under the name programs know them by."""

from __future__ import annotations
