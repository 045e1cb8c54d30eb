"""The rows that all contenders work on: the same in every process, made from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

CITIES = ("Lisbon", "Oslo", "Zürich", "Quito", "Hanoi", "Accra", "Łódź", "São Paulo", "Perth", "Nuuk")
START = datetime(2020, 1, 1, 12, 0, 0)

Row = tuple[Any, ...]


def five(count: int) -> Iterator[Row]:
    """(id, name, score, created, note or None)"""
    rng = random.Random(1)
    for i in range(1, count + 1):
        note = None if i % 3 == 0 else f"note number {i}"
        yield i, f"name {i}", rng.random() * 1000, _moment(rng), note


def wide(count: int) -> Iterator[Row]:
    """(id, name, email, city, quantity, score, price, created, updated, note or None)"""
    rng = random.Random(2)
    for i in range(1, count + 1):
        price = Decimal(rng.randrange(100, 1_000_000)) / 100
        note = None if i % 3 == 0 else f"note number {i}"
        email = f"name{i}@example.org"
        quantity, score = rng.randrange(1000), rng.random() * 1000
        yield i, f"name {i}", email, CITIES[i % 10], quantity, score, price, _moment(rng), _moment(rng), note


def parents(count: int) -> Iterator[Row]:
    """(id, name, city)"""
    for i in range(1, count + 1):
        yield i, f"parent {i}", CITIES[i % 10]


def children(parent_count: int, each: int) -> Iterator[Row]:
    """(id, parent_id, name, quantity), the children of one parent side by side"""
    rng = random.Random(3)
    for parent in range(1, parent_count + 1):
        for k in range(each):
            identifier = (parent - 1) * each + k + 1
            yield identifier, parent, f"child {identifier}", rng.randrange(1000)


def customers(count: int) -> Iterator[Row]:
    """(id, name, city)"""
    for i in range(1, count + 1):
        yield i, f"customer {i}", CITIES[i % 10]


def purchases(customer_count: int, each: int) -> Iterator[Row]:
    """(id, customer_id, placed)"""
    rng = random.Random(4)
    for i in range(customer_count * each):
        yield i + 1, i % customer_count + 1, _moment(rng)


def items(purchase_count: int, each: int) -> Iterator[Row]:
    """(id, purchase_id, product, quantity)"""
    rng = random.Random(5)
    for i in range(purchase_count * each):
        yield i + 1, i // each + 1, f"product {rng.randrange(500)}", rng.randrange(1, 100)


def _moment(rng: random.Random) -> datetime:
    return START + timedelta(microseconds=rng.randrange(10**14))
