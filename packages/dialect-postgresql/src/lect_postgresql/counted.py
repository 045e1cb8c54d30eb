"""UPDATE and DELETE of known rows whose values have no form in an array: pages of statements that count together.

postgresql.org/docs/current/queries-with.html (data-modifying statements in WITH).
"""

from __future__ import annotations

from typing import Any, Final

from lect_postgresql.bulk import row_change

__all__ = ["PAGE", "change_in_pages"]

#: Statements of one page: as many plans are made for one message.
PAGE: Final = 100


def change_in_pages(request: Any) -> int | None:
    """Update or delete the rows of a request; returns how many there were, None when nothing was done.

    For a cursor that writes values into the text itself (psycopg2's ``mogrify``): each statement becomes a WITH query.
    Nothing is done where the order of the rows could matter, or a key is there twice.
    """
    change = row_change(request.statement) if request.independent else None
    rows, matched = request.parameters, 0
    if change is None or len({tuple([row[name] for name in change.keys]) for row in rows}) != len(rows):
        return None
    with request.cursor.connection.cursor() as counting:  # the statement's own cursor is one without rows
        for start in range(0, len(rows), PAGE):
            texts = [counting.mogrify(request.statement, row) for row in rows[start : start + PAGE]]
            parts = b", ".join([b"c%d AS (%b RETURNING 1)" % (n, text) for n, text in enumerate(texts)])
            counts = b" + ".join([b"(SELECT count(*) FROM c%d)" % n for n in range(len(texts))])
            counting.execute(b"WITH " + parts + b" SELECT " + counts)
            matched += counting.fetchone()[0]
    return matched
