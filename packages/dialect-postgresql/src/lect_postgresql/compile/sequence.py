"""Sequences: the type of their numbers."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.sequence import identity_options
from lect.schema.ddl import CreateSequence
from lect_postgresql.compile.table import RULES


@RULES.rule(CreateSequence)
def create_sequence(ddl: CreateSequence, writer: Any) -> str:
    """``CREATE SEQUENCE name AS type options``."""
    sequence = ddl.element
    words = ["CREATE SEQUENCE", *(["IF NOT EXISTS"] if ddl.if_not_exists else []), writer.format_table(sequence)]
    if sequence.data_type is not None:
        words.append(f"AS {writer.render(sequence.data_type)}")
    options = identity_options(sequence)
    return " ".join([*words, options] if options else words)
