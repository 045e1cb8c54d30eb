"""Families, targets, listeners."""

from __future__ import annotations

import gc
import pickle
import weakref
from typing import Any

import pytest

from lect import event, exc
from lect.event import Events, dispatcher


class ThingEvents(Events[Any]):
    """Events of things."""

    def happened(self, thing: Any, how: str) -> None:
        """Something happened."""

    def other(self, thing: Any) -> None:
        """Something else did."""


class Thing:
    """Has events."""

    dispatch = dispatcher(ThingEvents)

    def do(self, how: str = "well") -> None:
        self.dispatch.happened(self, how)


class SpecialThing(Thing):
    """Hears what things hear."""


@pytest.fixture
def seen() -> list[Any]:
    return []


def test_nobody_listens() -> None:
    thing = Thing()
    assert not thing.dispatch.happened
    thing.do()
    with pytest.raises(AttributeError, match="no event 'nothing'"):
        thing.dispatch.nothing


def test_listen_and_remove(seen: list[Any]) -> None:
    thing, other = Thing(), Thing()

    def fn(target: Any, how: str) -> None:
        seen.append((target, how))

    event.listen(thing, "happened", fn)
    event.listen(thing, "happened", fn)
    assert event.contains(thing, "happened", fn)
    assert not event.contains(other, "happened", fn)
    thing.do()
    other.do()
    event.remove(thing, "happened", fn)
    thing.do()
    assert seen == [(thing, "well")]
    with pytest.raises(exc.InvalidRequestError, match="no listener found"):
        event.remove(thing, "happened", fn)


def test_unknown_event() -> None:
    with pytest.raises(exc.InvalidRequestError, match="No such event 'hapened'"):
        event.listen(Thing(), "hapened", lambda: None)
    with pytest.raises(exc.InvalidRequestError, match="No such event"):
        event.listen(object(), "happened", lambda: None)


def test_classes_first_also_for_instances_made_before(seen: list[Any]) -> None:
    thing = SpecialThing()
    event.listen(thing, "happened", lambda *a: seen.append("instance"))

    def of_class(*args: Any) -> None:
        seen.append("class")

    event.listen(Thing, "happened", of_class)
    try:
        thing.do()
        SpecialThing().do()
    finally:
        event.remove(Thing, "happened", of_class)
    thing.do()
    assert seen == ["class", "instance", "class", "instance"]


def test_named_once_insert(seen: list[Any]) -> None:
    thing = Thing()
    event.listen(thing, "happened", lambda **kw: seen.append(sorted(kw)), named=True)
    event.listen(thing, "happened", lambda *a: seen.append("first"), insert=True, once=True)
    thing.do()
    thing.do()
    assert seen == ["first", ["how", "thing"], ["how", "thing"]]


def test_wrapped_listeners_can_be_removed(seen: list[Any]) -> None:
    thing = Thing()

    def fn(**kw: Any) -> None:
        seen.append(kw)

    event.listen(thing, "happened", fn, named=True)
    event.remove(thing, "happened", fn)
    thing.do()
    assert seen == []


def test_bound_methods(seen: list[Any]) -> None:
    class Hearer:
        def hear(self, *args: Any) -> None:
            seen.append(self)

    thing, hearer = Thing(), Hearer()
    event.listen(thing, "happened", hearer.hear)
    thing.do()
    event.remove(thing, "happened", hearer.hear)
    thing.do()
    assert seen == [hearer]


def test_decorator(seen: list[Any]) -> None:
    thing = Thing()

    @event.listens_for(thing, "other")
    def fn(target: Any) -> None:
        seen.append(target)

    thing.dispatch.other(thing)
    assert seen == [thing]


def test_propagated_listeners_travel_to_copies(seen: list[Any]) -> None:
    thing, copy = Thing(), Thing()
    event.listen(thing, "happened", lambda *a: seen.append("travels"), propagate=True)
    event.listen(thing, "happened", lambda *a: seen.append("stays"))
    copy.dispatch._update(thing.dispatch)
    copy.do()
    assert seen == ["travels"]


def test_unknown_option() -> None:
    with pytest.raises(exc.InvalidRequestError, match="takes no option loudly"):
        event.listen(Thing(), "happened", lambda *a: None, loudly=True)


def test_targets_are_not_kept_alive() -> None:
    thing = Thing()
    event.listen(thing, "happened", lambda *a: None)
    reference = weakref.ref(thing)
    del thing
    gc.collect()
    assert reference() is None


def test_listeners_are_not_pickled() -> None:
    thing = Thing()
    event.listen(thing, "happened", lambda *a: None)
    assert not pickle.loads(pickle.dumps(thing)).dispatch.happened


class SharedThing:
    """Many are made, few are listened to."""

    dispatch = dispatcher(ThingEvents, shared=True)


class SpecialSharedThing(SharedThing):
    """Hears what shared things hear."""


def test_shared_until_somebody_listens(seen: list[Any]) -> None:
    thing, other, special = SharedThing(), SharedThing(), SpecialSharedThing()
    assert thing.dispatch is other.dispatch is SharedThing.dispatch

    def own(target: Any, how: str) -> None:
        seen.append(("own", how))

    def of_all(target: Any, how: str) -> None:
        seen.append(("all", how))

    event.listen(thing, "happened", own)
    assert thing.dispatch is not other.dispatch is SharedThing.dispatch
    assert not other.dispatch.happened
    event.listen(SharedThing, "happened", of_all)
    for each in (thing, other, special):
        seen.append(each)
        each.dispatch.happened(each, "now")
    assert seen == [thing, ("all", "now"), ("own", "now"), other, ("all", "now"), special, ("all", "now")]
    event.remove(thing, "happened", own)
    event.remove(SharedThing, "happened", of_all)
    assert not any(each.dispatch.happened for each in (thing, other, special, SharedThing()))
