"""One of several processes that write to a SQLite file: ``python sqlite_writer.py URL BEGIN THREADS TIMES``.

Each thread counts the same number up, reading it first and writing what it read plus one; what it was told is written
to standard output: one line per thread, committed and failed.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from typing import Any

import lect
from lect import Column, Integer, MetaData, Table, exc, insert, select, update

metadata = MetaData()
counter = Table("counter", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, nullable=False))
ledger = Table("ledger", metadata, Column("id", Integer, primary_key=True), Column("seen", Integer, nullable=False))


def open_engine(url: str, begin: str, wait_s: float = 60.0) -> Any:
    """An engine whose transactions begin with BEGIN IMMEDIATE or plain BEGIN and that waits so long for locks."""
    return lect.create_engine(url, pool_size=16, connect_args={"isolation_level": begin, "timeout": wait_s})


def count_up(connection: Any) -> None:
    """Read, then write what was read plus one."""
    seen = connection.scalar(select(counter.c.n))
    connection.execute(update(counter).values(n=seen + 1))
    connection.execute(insert(ledger), {"seen": seen})


def work(engine: Any, times: int, told: Counter[str]) -> None:
    # A reader that wants to write after somebody else has written is refused at once, whatever it would wait: it must
    # begin again.
    retry = lect.Retry(attempts=10_000, on=(exc.LockTimeout, exc.SerializationFailure, exc.Deadlock), max_delay=0.05)
    for _ in range(times):
        try:
            engine.run(count_up, retry=retry)
            told["committed"] += 1
        except exc.LectError as error:
            told[type(error).__name__] += 1


if __name__ == "__main__":
    url, begin, threads, times = sys.argv[1:]
    engine = open_engine(url, begin)
    books: list[Counter[str]] = [Counter() for _ in range(int(threads))]
    workers = [threading.Thread(target=work, args=(engine, int(times), book)) for book in books]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    engine.dispose()
    for book in books:
        print(dict(book))
