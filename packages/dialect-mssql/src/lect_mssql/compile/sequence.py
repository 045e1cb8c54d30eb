"""CREATE SEQUENCE with its type, without IF NOT EXISTS."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.sequence import identity_options
from lect.schema.ddl import CreateSequence
from lect_mssql.compile.table import RULES


@RULES.rule(CreateSequence)
def create_sequence(ddl: CreateSequence, writer: Any) -> str:
    """``CREATE SEQUENCE s AS BIGINT START WITH 1``: without a start it would begin at the type's smallest number.

    https://learn.microsoft.com/sql/t-sql/statements/create-sequence-transact-sql
    """
    if ddl.if_not_exists:
        writer.refuse("CREATE SEQUENCE IF NOT EXISTS", instead="use sequence.create(engine, checkfirst=True)")
    sequence = ddl.element
    words = ["CREATE SEQUENCE", writer.format_table(sequence)]
    if sequence.data_type is not None:
        words.append(f"AS {writer.render(sequence.data_type)}")
    options = identity_options(sequence)
    if options:
        words.append(options)
    if sequence.start is None:
        words.append("START WITH 1")
    return " ".join(words)
