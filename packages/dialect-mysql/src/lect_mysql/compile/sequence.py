"""Sequences, which MariaDB has: mariadb.com/kb/en/create-sequence/."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.sequence import identity_options
from lect.schema.ddl import CreateSequence
from lect.sql import known_functions as known
from lect_mysql.compile.table import RULES


@RULES.rule(CreateSequence)
def create_sequence(ddl: CreateSequence, writer: Any) -> str:
    """``CREATE SEQUENCE name START WITH 5 NOCYCLE``."""
    if not writer.capabilities.sequences:
        writer.refuse("CREATE SEQUENCE", "the database has no sequences", "let the key count by itself")
    words = ["CREATE SEQUENCE", *(["IF NOT EXISTS"] if ddl.if_not_exists else []), writer.format_table(ddl.element)]
    options = identity_options(ddl.element).replace("NO CYCLE", "NOCYCLE")
    return " ".join([*words, options] if options else words)


@RULES.rule(known.next_value)
def next_value(node: Any, writer: Any) -> str:
    """``nextval(sequence)``"""
    if not writer.capabilities.sequences:
        writer.refuse("the next value of a Sequence", "the database has no sequences", "let the key count by itself")
    return f"nextval({writer.format_table(node.sequence)})"
