"""The contract between core and its plugins: dialects, connectors, pairings and what they can do."""

from __future__ import annotations

from lect.dialects.loading import registry

__all__ = ["registry"]
