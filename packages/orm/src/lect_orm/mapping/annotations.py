"""Annotations of declarative classes: ``Mapped[Optional[str]]`` read as type, nullability, target and further
arguments.
"""

from __future__ import annotations

import collections.abc
import re
import sys
import types
import typing
from typing import TYPE_CHECKING, Any, ForwardRef, Union, get_args, get_origin, overload

from lect.exc import ArgumentError
from lect_orm.attributes.descriptor import Mapped
from lect_orm.exc import MappedAnnotationError

if TYPE_CHECKING:
    from lect_orm.attributes.descriptor import InstrumentedAttribute
    from lect_orm.loading.strategies.dynamic import WriteOnlyCollection
    from lect_orm.query.query import AppenderQuery

__all__ = ["Annotation", "DynamicMapped", "Unmapped", "WriteOnlyMapped", "annotations_of", "read_annotation"]

_T_co = typing.TypeVar("_T_co", covariant=True)


class DynamicMapped(Mapped[_T_co]):
    """Annotation of a relationship that is a query: ``addresses: DynamicMapped[Address]``."""

    __slots__ = ()

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> AppenderQuery[_T_co]: ...

        def __get__(self, instance: object | None, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: typing.Collection[_T_co]) -> None: ...  # type: ignore[override]

    collection_strategy = "dynamic"


class WriteOnlyMapped(Mapped[_T_co]):
    """Annotation of a relationship that is only written, and read by statements."""

    __slots__ = ()

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> WriteOnlyCollection[_T_co]: ...

        def __get__(self, instance: object | None, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: typing.Collection[_T_co]) -> None: ...  # type: ignore[override]

    collection_strategy = "write_only"


class Unmapped(typing.Generic[_T_co]):
    """Annotation of a column that is the table's alone: ``searched: Unmapped[str] = unmapped_column()``. The class has
    no attribute of that name; the column takes type and nullability from the annotation as mapped ones do.
    """

    __slots__ = ()


class Annotation:
    """What the annotation of one attribute says.

    Attributes:
        raw: what stands inside of ``Mapped[...]``.
        container: Mapped, DynamicMapped, WriteOnlyMapped, or None when the attribute is not so annotated.
        python_type: the type without Optional and Annotated; a string when it cannot be found yet.
        optional: None is one of the values.
        extras: what ``Annotated[...]`` carries.
        keys: types to look up in type maps, from the most to the least specific.
    """

    __slots__ = ("container", "extras", "keys", "mapped_column", "optional", "python_type", "raw")

    def __init__(self, raw: Any, container: Any) -> None:
        self.raw = raw
        self.container = container
        self.extras: list[Any] = []
        self.keys: list[Any] = []
        self.optional = False
        self.mapped_column: Any = None
        self.python_type: Any = None


def annotations_of(cls: type) -> dict[str, Any]:
    """Return a class's own annotations, unevaluated where they are strings."""
    found = cls.__dict__.get("__annotations__")
    if found is None:
        return {}
    return dict(found)


_NAME = re.compile(r"^\s*([\w.]+)\s*\[(.*)\]\s*$", re.S)


def evaluate(text: str, cls: type, local: dict[str, Any] | None = None) -> Any:
    """Evaluate an annotation given as a string, in the module and the class it stands in.

    Raises:
        NameError: a name is not known (yet).
    """
    module = sys.modules.get(cls.__module__)
    scope = dict(vars(module)) if module is not None else {}
    names: dict[str, Any] = {cls.__name__: cls, **(local or {})}
    for base in reversed(cls.__mro__[:-1]):
        names.update({k: v for k, v in base.__dict__.items() if isinstance(v, type)})
    try:
        return eval(text, scope, names)  # noqa: S307 - the program's own annotation
    except NameError:
        raise
    except Exception as error:
        raise MappedAnnotationError(
            f"Could not interpret annotation {text!r} of class {cls.__name__}: {error}"
        ) from error


def _container_by_name(text: str, cls: type) -> tuple[Any, str] | None:
    """Return ``(Mapped or a form of it, text inside)`` for a string whose inside may not be known yet."""
    match = _NAME.match(text)
    if match is None:
        return None
    try:
        outer = evaluate(match.group(1), cls)
    except (NameError, MappedAnnotationError, AttributeError):
        return None
    if isinstance(outer, type) and issubclass(outer, Mapped | Unmapped):
        return outer, match.group(2).strip()
    return None


def _target_text(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def split_mapped(raw: Any, cls: type) -> tuple[Any, Any] | None:
    """Return ``(container, inside)`` for ``Mapped[inside]``; None for any other annotation."""
    if isinstance(raw, ForwardRef):
        raw = raw.__forward_arg__
    if isinstance(raw, str):
        found = _container_by_name(raw, cls)
        if found is None:
            if ("Mapped" in raw or "Unmapped" in raw) and _NAME.match(raw) is None:
                try:
                    raw = evaluate(raw, cls)
                except NameError:
                    return None
                return split_mapped(raw, cls)
            return None
        container, inside = found
        try:
            return container, evaluate(inside, cls)
        except NameError:
            return container, _target_text(inside)
    origin = get_origin(raw)
    if isinstance(origin, type) and issubclass(origin, Mapped | Unmapped):
        args = get_args(raw)
        return origin, args[0] if args else Any
    if isinstance(raw, type) and issubclass(raw, Mapped | Unmapped):
        return raw, Any
    if origin is typing.ClassVar:
        return None
    return None


def read_annotation(raw: Any, cls: type, allow_plain: bool = False) -> Annotation | None:
    """Read the annotation of an attribute; None when it is not ``Mapped[...]`` (unless `allow_plain`)."""
    split = split_mapped(raw, cls)
    if split is None:
        if not allow_plain:
            return None
        if isinstance(raw, str):
            try:
                raw = evaluate(raw, cls)
            except NameError:
                return None
        split = (None, raw)
    container, inside = split
    found = Annotation(inside, container)
    _interpret(found, inside, cls)
    return found


def _interpret(found: Annotation, inside: Any, cls: type) -> None:
    from lect_orm.mapping.mapped_column import MappedColumn

    kind = _resolve_strings(inside, cls)
    found.keys.append(kind)
    if get_origin(kind) is typing.Annotated:
        _take_extras(found, kind)
        kind = get_args(kind)[0]
        kind = _resolve_strings(kind, cls)
        found.keys.append(kind)
    alias = _alias_value(kind)
    while alias is not None:
        if get_origin(alias) is typing.Annotated:
            _take_extras(found, alias)
        inner = alias
        found.keys.append(inner)
        if _is_union(inner) and type(None) in _union_args(inner):
            found.optional = True
        kind = get_args(inner)[0] if get_origin(inner) is typing.Annotated else inner
        alias = _alias_value(kind)
    stripped = _without_none(kind)
    if stripped is not kind:
        found.optional = True
        kind = stripped
        found.keys.append(kind)
        if get_origin(kind) is typing.Annotated:
            _take_extras(found, kind)
            kind = get_args(kind)[0]
            found.keys.append(kind)
        alias = _alias_value(kind)
        while alias is not None:
            found.keys.append(alias)
            if get_origin(alias) is typing.Annotated:
                _take_extras(found, alias)
                alias = get_args(alias)[0]
                found.keys.append(alias)
            kind = alias
            alias = _alias_value(kind)
    if isinstance(kind, ForwardRef):
        kind = kind.__forward_arg__
    found.python_type = kind
    for extra in found.extras:
        if isinstance(extra, MappedColumn):
            found.mapped_column = extra
            break


def _take_extras(found: Annotation, kind: Any) -> None:
    found.extras.extend(get_args(kind)[1:])


def _resolve_strings(kind: Any, cls: type) -> Any:
    if isinstance(kind, ForwardRef):
        kind = kind.__forward_arg__
    if isinstance(kind, str):
        try:
            return evaluate(kind, cls)
        except NameError:
            return kind
    return kind


def _alias_value(kind: Any) -> Any:
    """Return what ``type X = ...`` or ``NewType`` stands for; None for anything else."""
    alias_type = getattr(typing, "TypeAliasType", None)
    if alias_type is not None and isinstance(kind, alias_type):
        return kind.__value__
    if type(kind).__name__ == "TypeAliasType":
        return kind.__value__
    if isinstance(kind, typing.NewType):
        return kind.__supertype__
    return None


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _union_args(kind: Any) -> tuple[Any, ...]:
    return get_args(kind)


_OPTIONAL_TEXT = re.compile(r"^(?:typing\.)?Optional\[(.*)\]$", re.S)


def _without_none(kind: Any) -> Any:
    """Return a type without None; the same object when None is not part of it."""
    if isinstance(kind, str):
        match = _OPTIONAL_TEXT.match(kind)
        if match:
            return _target_text(match.group(1))
        parts = [p.strip() for p in kind.split("|")]
        if len(parts) > 1 and "None" in parts and "[" not in kind:
            rest = [p for p in parts if p != "None"]
            return _target_text(rest[0]) if len(rest) == 1 else " | ".join(rest)
        return kind
    if not _is_union(kind):
        return kind
    args = _union_args(kind)
    if type(None) not in args:
        return kind
    kept = tuple(a for a in args if a is not type(None))
    if len(kept) == 1:
        return kept[0]
    return Union[kept]  # noqa: UP007 - made of a tuple


def without_none(kind: Any) -> Any:
    """Return a type without None."""
    return _without_none(kind)


_COLLECTION_TEXT = re.compile(r"^([\w.]+)\[(.*)\]$", re.S)


def relationship_target(annotation: Annotation, cls: type, prop_key: str) -> tuple[Any, Any, bool]:
    """Return ``(target, collection class or None, uselist)`` for a relationship's annotation.

    Raises:
        ArgumentError: no class can be read from it.
    """
    kind = annotation.python_type
    container = annotation.container
    if getattr(container, "collection_strategy", None) is not None:
        return _name_or_class(kind), None, True
    if isinstance(kind, str):
        return _target_from_text(kind, cls)
    origin = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, collections.abc.Collection):
        args = get_args(kind)
        if not args:
            raise ArgumentError(f"Generic alias {kind} accepts at least one type argument")
        if issubclass(origin, collections.abc.Mapping):
            target = args[-1]
        else:
            target = args[0]
        if isinstance(target, ForwardRef):
            target = target.__forward_arg__
        target = without_none(target)
        concrete = _concrete(origin)
        return _name_or_class(target), concrete, True
    return _name_or_class(kind), None, False


def _concrete(origin: type) -> Any:
    if origin in (collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Collection):
        return list
    if origin in (collections.abc.Set, collections.abc.MutableSet):
        return set
    if origin in (collections.abc.Mapping, collections.abc.MutableMapping):
        return dict
    return origin


def _target_from_text(text: str, cls: type) -> tuple[Any, Any, bool]:
    match = _COLLECTION_TEXT.match(text)
    if match is None:
        return _target_text(text), None, False
    try:
        outer = evaluate(match.group(1), cls)
    except NameError:
        return text, None, False
    origin = get_origin(outer) or outer
    if isinstance(origin, type) and issubclass(origin, collections.abc.Collection):
        inner = match.group(2)
        if issubclass(origin, collections.abc.Mapping) and "," in inner:
            inner = inner.rsplit(",", 1)[1]
        return _without_none(_target_text(inner)), _concrete(origin), True
    return text, None, False


def _name_or_class(kind: Any) -> Any:
    if isinstance(kind, ForwardRef):
        return kind.__forward_arg__
    if isinstance(kind, str):
        return _without_none(_target_text(kind))
    return kind
