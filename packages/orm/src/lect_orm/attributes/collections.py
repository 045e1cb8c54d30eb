"""Collections that tell their attribute of each member that comes and goes.

`list`, `set` and `dict` have instrumented forms here; any other class is instrumented when it is first used as a
``collection_class``: methods that the decorators of :class:`collection` mark, and the mutators of the built-in type it
derives from or behaves like. A collection that belongs to no object (yet, or any more) behaves as its plain form.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from lect.exc import ArgumentError, InvalidRequestError, LectWarning
from lect_orm.base import NO_VALUE

__all__ = [
    "CollectionKind",
    "InstrumentedDict",
    "InstrumentedList",
    "InstrumentedSet",
    "collection",
    "kind_of",
]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Invalidated:
    """Stands in a collection's place of the impl after the collection was replaced or expired."""

    def _warn(self) -> None:
        warnings.warn("This collection has been invalidated.", LectWarning, stacklevel=4)

    def fire_append(self, state: Any, item: Any, initiator: Any = None, key: Any = NO_VALUE) -> Any:
        self._warn()
        return item

    def fire_remove(self, state: Any, item: Any, initiator: Any = None, key: Any = NO_VALUE) -> None:
        self._warn()

    def about_to_change(self, state: Any, coll: Any) -> None:
        return

    kind = None


INVALIDATED: Final = _Invalidated()


class _Instrumented:
    """What every instrumented collection carries: whose it is, and which impl hears of changes."""

    _lect_impl: Any = None
    _lect_owner: Any = None


class InstrumentedList(list[Any], _Instrumented):
    """A list of related objects."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduce(self, list(self))


class InstrumentedSet(set[Any], _Instrumented):
    """A set of related objects."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduce(self, set(self))


class InstrumentedDict(dict[Any, Any], _Instrumented):
    """A dictionary of related objects."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _reduce(self, dict(self))


def _reduce(coll: Any, content: Any) -> Any:
    return (_rebuild, (type(coll), content, coll.__dict__.copy()))


def _rebuild(cls: type, content: Any, extra: dict[str, Any]) -> Any:
    made: Any = cls.__new__(cls)  # type: ignore[call-overload]
    if isinstance(made, list):
        list.extend(made, content)
    elif isinstance(made, set):
        set.update(made, content)
    else:
        dict.update(made, content)
    made.__dict__.update(extra)
    return made


def _append(coll: Any, item: Any, initiator: Any = None, key: Any = NO_VALUE) -> Any:
    impl = coll._lect_impl
    if impl is None or initiator is False:
        return item
    return impl.fire_append(coll._lect_owner, item, initiator, key)


def _remove(coll: Any, item: Any, initiator: Any = None, key: Any = NO_VALUE) -> None:
    impl = coll._lect_impl
    if impl is not None and initiator is not False:
        impl.fire_remove(coll._lect_owner, item, initiator, key)


def _before(coll: Any) -> None:
    impl = coll._lect_impl
    if impl is not None:
        impl.about_to_change(coll._lect_owner, coll)


def _mark(fn: _F) -> _F:
    fn._lect_instrumented = True  # type: ignore[attr-defined]
    return fn


# -- lists
# ---------------------------------------------------------------------------------------------------------------


def _list_methods(base: Callable[[str], Any]) -> dict[str, Callable[..., Any]]:
    """Return the mutators of a list-like class; ``base(name)`` is the plain method of that name."""
    append, remove, insert, pop = base("append"), base("remove"), base("insert"), base("pop")
    set_item, del_item, clear = base("__setitem__"), base("__delitem__"), base("clear")
    methods: dict[str, Callable[..., Any]] = {}

    if append is not None:

        def append_(self: Any, item: Any, _lect_initiator: Any = None) -> None:
            append(self, _append(self, item, _lect_initiator))

        methods["append"] = append_

        def extend_(self: Any, iterable: Iterable[Any]) -> None:
            for value in list(iterable):
                self.append(value)

        methods["extend"] = extend_

        def iadd_(self: Any, iterable: Iterable[Any]) -> Any:
            for value in list(iterable):
                self.append(value)
            return self

        methods["__iadd__"] = iadd_

    if remove is not None:

        def remove_(self: Any, value: Any, _lect_initiator: Any = None) -> None:
            _before(self)
            remove(self, value)  # a value that is not there raises before anybody hears of it
            _remove(self, value, _lect_initiator)

        methods["remove"] = remove_

    if insert is not None:

        def insert_(self: Any, index: Any, value: Any) -> None:
            insert(self, index, _append(self, value, None, index))

        methods["insert"] = insert_

    if set_item is not None:

        def setitem_(self: Any, index: Any, value: Any) -> None:
            if not isinstance(index, slice):
                existing = self[index]
                if existing is not None:
                    _remove(self, existing, None, index)
                set_item(self, index, _append(self, value, None, index))
                return
            _set_slice(self, index, list(value))

        methods["__setitem__"] = setitem_

    if del_item is not None:

        def delitem_(self: Any, index: Any) -> None:
            if isinstance(index, slice):
                for item in self[index]:
                    _remove(self, item, None, index)
            else:
                _remove(self, self[index], None, index)
            del_item(self, index)

        methods["__delitem__"] = delitem_

    if pop is not None:

        def pop_(self: Any, index: int = -1) -> Any:
            _before(self)
            item = pop(self, index)
            _remove(self, item, None, index)
            return item

        methods["pop"] = pop_

    if clear is not None:

        def clear_(self: Any, index: int = -1) -> None:
            for item in list(self):
                _remove(self, item, None, index)
            clear(self)

        methods["clear"] = clear_
    return methods


def _set_slice(coll: Any, index: slice, values: list[Any]) -> None:
    start, stop, step = index.indices(len(coll))
    if step == 1:
        if values is coll:
            return
        for i in range(max(stop, start) - 1, start - 1, -1):
            if i < len(coll):
                del coll[i]
        for offset, item in enumerate(values):
            coll.insert(start + offset, item)
        return
    places = list(range(start, stop, step))
    if len(values) != len(places):
        raise ValueError(f"attempt to assign sequence of size {len(values)} to extended slice of size {len(places)}")
    for i, item in zip(places, values, strict=True):
        coll[i] = item


# -- sets
# ----------------------------------------------------------------------------------------------------------------


def _set_methods(base: Callable[[str], Any]) -> dict[str, Callable[..., Any]]:
    add, discard, remove, pop, clear = base("add"), base("discard"), base("remove"), base("pop"), base("clear")
    methods: dict[str, Callable[..., Any]] = {}

    if add is not None:

        def add_(self: Any, value: Any, _lect_initiator: Any = None) -> None:
            if value not in self:
                value = _append(self, value, _lect_initiator)
            add(self, value)

        methods["add"] = add_

    if discard is not None:

        def discard_(self: Any, value: Any, _lect_initiator: Any = None) -> None:
            if value in self:
                _remove(self, value, _lect_initiator)
                discard(self, value)

        methods["discard"] = discard_

    if remove is not None:

        def remove_(self: Any, value: Any, _lect_initiator: Any = None) -> None:
            if value in self:
                _remove(self, value, _lect_initiator)
            remove(self, value)

        methods["remove"] = remove_

    if pop is not None:

        def pop_(self: Any) -> Any:
            _before(self)
            item = pop(self)
            _remove(self, item)
            return item

        methods["pop"] = pop_

    if clear is not None:

        def clear_(self: Any) -> None:
            for item in list(self):
                self.remove(item)

        methods["clear"] = clear_

    def update_(self: Any, *iterables: Iterable[Any]) -> None:
        for iterable in iterables:
            for item in list(iterable):
                self.add(item)

    def ior_(self: Any, value: Any) -> Any:
        if not isinstance(value, set | frozenset):
            return NotImplemented
        for item in list(value):
            self.add(item)
        return self

    def difference_update_(self: Any, *iterables: Iterable[Any]) -> None:
        for iterable in iterables:
            for item in list(iterable):
                self.discard(item)

    def isub_(self: Any, value: Any) -> Any:
        if not isinstance(value, set | frozenset):
            return NotImplemented
        for item in list(value):
            self.discard(item)
        return self

    def _become(self: Any, want: set[Any]) -> None:
        have = set(self)
        for item in have - want:
            self.remove(item)
        for item in want - have:
            self.add(item)

    def intersection_update_(self: Any, *others: Iterable[Any]) -> None:
        _become(self, set(self).intersection(*others))

    def iand_(self: Any, other: Any) -> Any:
        if not isinstance(other, set | frozenset):
            return NotImplemented
        _become(self, set(self) & other)
        return self

    def symmetric_difference_update_(self: Any, other: Iterable[Any]) -> None:
        _become(self, set(self).symmetric_difference(other))

    def ixor_(self: Any, other: Any) -> Any:
        if not isinstance(other, set | frozenset):
            return NotImplemented
        _become(self, set(self) ^ other)
        return self

    derived: dict[str, Any] = {
        "update": update_,
        "__ior__": ior_,
        "difference_update": difference_update_,
        "__isub__": isub_,
        "intersection_update": intersection_update_,
        "__iand__": iand_,
        "symmetric_difference_update": symmetric_difference_update_,
        "__ixor__": ixor_,
    }
    methods.update({name: method for name, method in derived.items() if base(name) is not None})
    return methods


# -- dictionaries
# --------------------------------------------------------------------------------------------------------

_UNSET: Any = object()


def _dict_methods(base: Callable[[str], Any]) -> dict[str, Callable[..., Any]]:
    set_item, del_item, clear = base("__setitem__"), base("__delitem__"), base("clear")
    pop, popitem = base("pop"), base("popitem")
    methods: dict[str, Callable[..., Any]] = {}

    if set_item is not None:

        def setitem_(self: Any, key: Any, value: Any, _lect_initiator: Any = None) -> None:
            if key in self:
                _remove(self, self[key], _lect_initiator, key)
            set_item(self, key, _append(self, value, _lect_initiator, key))

        methods["__setitem__"] = setitem_

        def setdefault_(self: Any, key: Any, default: Any = None) -> Any:
            if key not in self:
                self[key] = default
                return default
            return self[key]

        if base("setdefault") is not None:
            methods["setdefault"] = setdefault_

        def update_(self: Any, other: Any = (), /, **kw: Any) -> None:
            if hasattr(other, "keys"):
                pairs: Iterable[tuple[Any, Any]] = [(k, other[k]) for k in list(other.keys())]
            else:
                pairs = list(other)
            for key, value in [*pairs, *kw.items()]:
                if key not in self or self[key] is not value:
                    self[key] = value

        def ior_(self: Any, other: Any) -> Any:
            self.update(other)
            return self

        if base("update") is not None:
            methods["update"] = update_
            methods["__ior__"] = ior_

    if del_item is not None:

        def delitem_(self: Any, key: Any, _lect_initiator: Any = None) -> None:
            if key in self:
                _remove(self, self[key], _lect_initiator, key)
            del_item(self, key)

        methods["__delitem__"] = delitem_

    if clear is not None:

        def clear_(self: Any) -> None:
            for key in list(self):
                _remove(self, self[key], None, key)
            clear(self)

        methods["clear"] = clear_

    if pop is not None:

        def pop_(self: Any, key: Any, default: Any = _UNSET) -> Any:
            _before(self)
            present = key in self
            item = pop(self, key) if default is _UNSET else pop(self, key, default)
            if present:
                _remove(self, item, None, key)
            return item

        methods["pop"] = pop_

    if popitem is not None:

        def popitem_(self: Any) -> tuple[Any, Any]:
            _before(self)
            key, item = popitem(self)
            _remove(self, item, None, key)
            return key, item

        methods["popitem"] = popitem_
    return methods


_MAKERS: Final[dict[type, Callable[..., dict[str, Callable[..., Any]]]]] = {
    list: _list_methods,
    set: _set_methods,
    dict: _dict_methods,
}


def _install(cls: type, like: type, only: Iterable[str] | None = None) -> None:
    methods = _MAKERS[like](lambda name: getattr(cls, name, None))
    for name, method in methods.items():
        existing = getattr(cls, name, None)
        if existing is None or getattr(existing, "_lect_instrumented", False) or hasattr(existing, "_lect_role_done"):
            continue
        if only is not None and name not in only:
            continue
        method.__name__ = name
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        method.__doc__ = getattr(existing, "__doc__", None)
        setattr(cls, name, _mark(method))


for _cls, _like in ((InstrumentedList, list), (InstrumentedSet, set), (InstrumentedDict, dict)):
    _install(_cls, _like)


# -- how to use a collection
# ----------------------------------------------------------------------------------------------


class CollectionKind:
    """How collections of one class are filled, emptied and read.

    Attributes:
        cls: the class, instrumented.
        like: `list`, `set`, `dict` or None: what it behaves like.
        add: ``add(coll, item, initiator)``; initiator False means silently.
        remove: ``remove(coll, item, initiator)``.
        iterate: ``iterate(coll)`` gives the members.
    """

    __slots__ = ("add", "cls", "iterate", "like", "link", "remove")

    def __init__(
        self,
        cls: type,
        like: type | None,
        add: Callable[..., Any],
        remove: Callable[..., Any],
        iterate: Callable[[Any], Iterable[Any]],
        link: Callable[..., Any] | None = None,
    ) -> None:
        self.cls = cls
        self.like = like
        self.add = add
        self.remove = remove
        self.iterate = iterate
        self.link = link

    def members(self, coll: Any) -> list[Any]:
        """Return the members as a list."""
        return list(self.iterate(coll))


def _list_add(coll: Any, item: Any, initiator: Any = None) -> None:
    coll.append(item, _lect_initiator=initiator)


def _list_remove(coll: Any, item: Any, initiator: Any = None) -> None:
    coll.remove(item, _lect_initiator=initiator)


def _set_add(coll: Any, item: Any, initiator: Any = None) -> None:
    coll.add(item, _lect_initiator=initiator)


def _set_remove(coll: Any, item: Any, initiator: Any = None) -> None:
    coll.remove(item, _lect_initiator=initiator)


def _values(coll: Any) -> Iterable[Any]:
    found: Iterable[Any] = coll.values()
    return found


class collection:
    """Decorators that say what the methods of a collection class do."""

    @staticmethod
    def appender(fn: _F) -> _F:
        """The method that adds one member: ``append(self, member)``."""
        fn._lect_role = "appender"  # type: ignore[attr-defined]
        return fn

    @staticmethod
    def remover(fn: _F) -> _F:
        """The method that takes one member out: ``remove(self, member)``."""
        fn._lect_role = "remover"  # type: ignore[attr-defined]
        return fn

    @staticmethod
    def iterator(fn: _F) -> _F:
        """The method that iterates over the members."""
        fn._lect_role = "iterator"  # type: ignore[attr-defined]
        return fn

    @staticmethod
    def link(fn: _F) -> _F:
        """The method called with the adapter when the collection joins an object, with None when it leaves."""
        fn._lect_role = "link"  # type: ignore[attr-defined]
        return fn

    @staticmethod
    def internally_instrumented(fn: _F) -> _F:
        """Leave this method as it is."""
        fn._lect_instrumented = True  # type: ignore[attr-defined]
        return fn

    @staticmethod
    def adds(arg: int | str) -> Callable[[_F], _F]:
        """The method adds the member given as argument `arg` (position counted with self as 0, or name)."""

        def decorate(fn: _F) -> _F:
            fn._lect_before = ("add", arg)  # type: ignore[attr-defined]
            return fn

        return decorate

    @staticmethod
    def replaces(arg: int | str) -> Callable[[_F], _F]:
        """As :meth:`adds`; what the method returns has left the collection."""

        def decorate(fn: _F) -> _F:
            fn._lect_before = ("add", arg)  # type: ignore[attr-defined]
            fn._lect_after = "remove"  # type: ignore[attr-defined]
            return fn

        return decorate

    @staticmethod
    def removes(arg: int | str) -> Callable[[_F], _F]:
        """The method takes out the member given as argument `arg`."""

        def decorate(fn: _F) -> _F:
            fn._lect_before = ("remove", arg)  # type: ignore[attr-defined]
            return fn

        return decorate

    @staticmethod
    def removes_return() -> Callable[[_F], _F]:
        """The method takes out the member that it returns."""

        def decorate(fn: _F) -> _F:
            fn._lect_after = "remove"  # type: ignore[attr-defined]
            return fn

        return decorate


def _argument(fn: Callable[..., Any], arg: int | str) -> tuple[int | None, str | None]:
    code = fn.__code__
    names = code.co_varnames[: code.co_argcount]
    if isinstance(arg, int):
        return arg - 1, names[arg] if arg < len(names) else None
    return (names.index(arg) - 1 if arg in names else None), arg


def _wrap_marked(fn: Callable[..., Any], before: tuple[str, int | str] | None, after: str | None) -> Callable[..., Any]:
    """Wrap a decorated method so that its member is announced."""
    place, name = _argument(fn, before[1]) if before else (None, None)

    @functools.wraps(fn)
    def method(self: Any, *args: Any, **kw: Any) -> Any:
        initiator = kw.pop("_lect_initiator", None)
        if before is not None:
            if place is not None and place < len(args):
                value = args[place]
            elif name is not None and name in kw:
                value = kw[name]
            else:
                raise ArgumentError(f"Missing argument {before[1]}")
            if before[0] == "add":
                value = _append(self, value, initiator)
                if place is not None and place < len(args):
                    args = (*args[:place], value, *args[place + 1 :])
                else:
                    kw[name] = value  # type: ignore[index]
            else:
                _remove(self, value, initiator)
        result = fn(self, *args, **kw)
        if after == "remove" and result is not None:
            _remove(self, result, initiator)
        return result

    return _mark(method)


_KINDS: dict[type, CollectionKind] = {
    InstrumentedList: CollectionKind(InstrumentedList, list, _list_add, _list_remove, list.__iter__),
    InstrumentedSet: CollectionKind(InstrumentedSet, set, _set_add, _set_remove, set.__iter__),
}
_PLAIN: Final[dict[type, type]] = {list: InstrumentedList, set: InstrumentedSet, dict: InstrumentedDict}


def behaves_like(cls: type) -> type | None:
    """Return `list`, `set` or `dict`: what a class derives from, says it emulates, or has the methods of; or None."""
    emulates = getattr(cls, "__emulates__", _UNSET)
    if emulates is not _UNSET:
        return next((b for b in _MAKERS if emulates is not None and issubclass(emulates, b)), None)
    for builtin in _MAKERS:
        if issubclass(cls, builtin):
            return builtin
    if hasattr(cls, "append"):
        return list
    if hasattr(cls, "add"):
        return set
    if hasattr(cls, "set"):
        return dict
    return None


def factory_for(collection_class: Any) -> tuple[Callable[[], Any], CollectionKind]:
    """Return ``(factory, kind)`` for a ``collection_class``: a class, or a function that makes a collection.

    Raises:
        ArgumentError: collections of this class can be neither filled nor emptied nor read.
    """
    if isinstance(collection_class, type):
        cls = _PLAIN.get(collection_class, collection_class)
        kind = kind_of(cls)
        return kind.cls, kind
    sample = collection_class()
    cls = type(sample)
    if cls in _PLAIN:
        better = _PLAIN[cls]
        kind = kind_of(better)
        return (lambda: _converted(better, collection_class())), kind
    return collection_class, kind_of(cls)


def _converted(cls: type, content: Any) -> Any:
    made = cls()
    if isinstance(content, dict):
        dict.update(made, content)
    elif isinstance(content, set):
        set.update(made, content)
    else:
        list.extend(made, content)
    return made


def kind_of(cls: type) -> CollectionKind:
    """Return how to use collections of `cls`, instrumenting the class when it is met for the first time."""
    found = _KINDS.get(cls)
    if found is None:
        found = _KINDS[cls] = _instrument(cls)
    return found


def _instrument(cls: type) -> CollectionKind:
    like = behaves_like(cls)
    roles: dict[str, str] = {}
    for base in cls.__mro__:
        for name, member in list(base.__dict__.items()):
            role = getattr(member, "_lect_role", None)
            if role is not None and callable(member):
                roles.setdefault(role, name)
    if like is list:
        defaults = {"appender": "append", "remover": "remove", "iterator": "__iter__"}
    elif like is set:
        defaults = {"appender": "add", "remover": "remove", "iterator": "__iter__"}
    elif like is dict:
        defaults = {"iterator": "values"}
    else:
        defaults = {}
    for role, name in defaults.items():
        if role not in roles and hasattr(cls, name):
            roles[role] = name
    for role, what in (("appender", "an appender"), ("remover", "a remover"), ("iterator", "an iterator")):
        if role not in roles or not hasattr(cls, roles[role]):
            raise ArgumentError(f"Type {cls.__name__} must elect {what} method to be a collection class")
    if not hasattr(cls, "_lect_impl"):
        setattr(cls, "_lect_impl", None)
        setattr(cls, "_lect_owner", None)
    if like is not None:
        marked = {n for b in cls.__mro__ for n, m in b.__dict__.items() if _is_marked(m)}
        _install(cls, like, only={n for n in _mutator_names(like) if n not in marked})
    _install_marked(cls, roles)
    adder, remover, iterator = (getattr(cls, roles[r]) for r in ("appender", "remover", "iterator"))
    linker = getattr(cls, roles["link"]) if "link" in roles else None

    def add(coll: Any, item: Any, initiator: Any = None) -> None:
        adder(coll, item, _lect_initiator=initiator)

    def remove(coll: Any, item: Any, initiator: Any = None) -> None:
        remover(coll, item, _lect_initiator=initiator)

    return CollectionKind(cls, like, add, remove, iterator, linker)


def _is_marked(member: Any) -> bool:
    return hasattr(member, "_lect_before") or hasattr(member, "_lect_after")


def _mutator_names(like: type) -> set[str]:
    return set(_MAKERS[like](lambda name: lambda *a: None))


def _install_marked(cls: type, roles: dict[str, str]) -> None:
    """Wrap decorated methods, and the appender and remover when nothing else announces their member."""
    for base in cls.__mro__:
        for name, member in list(base.__dict__.items()):
            if not callable(member) or getattr(member, "_lect_instrumented", False):
                continue
            if name in cls.__dict__ and cls.__dict__[name] is not member:
                continue
            if _is_marked(member):
                before, after = getattr(member, "_lect_before", None), getattr(member, "_lect_after", None)
                setattr(cls, name, _wrap_marked(member, before, after))
    for role, action in (("appender", "add"), ("remover", "remove")):
        method = getattr(cls, roles[role])
        if not getattr(method, "_lect_instrumented", False):
            setattr(cls, roles[role], _wrap_marked(method, (action, 1), None))
        elif not _takes_initiator(method):
            setattr(cls, roles[role], _passing_initiator(method))


def _takes_initiator(method: Any) -> bool:
    code = getattr(method, "__code__", None)
    if code is None:
        return False
    return "_lect_initiator" in code.co_varnames or bool(code.co_flags & 0x08)


def _passing_initiator(method: Any) -> Any:
    @functools.wraps(method)
    def call(self: Any, *args: Any, _lect_initiator: Any = None, **kw: Any) -> Any:
        if _lect_initiator is None:
            return method(self, *args, **kw)
        impl = self._lect_impl
        if impl is None or impl is INVALIDATED:
            return method(self, *args, **kw)
        # The method announces its members itself: the initiator is told to the impl for the time of the call.
        with impl.initiated(_lect_initiator):
            return method(self, *args, **kw)

    return _mark(call)


def check_kind(coll: Any) -> CollectionKind:
    """Return the kind of an instrumented collection.

    Raises:
        InvalidRequestError: it is not one.
    """
    kind = _KINDS.get(type(coll))
    if kind is None:
        raise InvalidRequestError(f"{type(coll).__name__} is not a collection of a mapped attribute")
    return kind


def members_of(coll: Any) -> Iterator[Any]:
    """Iterate over the members of an instrumented collection."""
    return iter(list(check_kind(coll).iterate(coll)))
