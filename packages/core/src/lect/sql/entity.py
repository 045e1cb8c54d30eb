"""The seam between statements and a mapper: entities inside of statements, and the plugin that makes plain SQL of them.

For whoever writes a mapper
---------------------------

*Objects.* ``select(User)``, ``select(User.id)``, ``select(u := aliased(User))``, ``.join(User.addresses)``,
``insert(User)`` reach core as Python
objects that are no nodes. Core asks an object for its node only when its class was registered:

    register(InstrumentedAttribute, lambda obj: obj.__clause_element__())
    register(type, lambda cls: entity_of(cls))           # None when `cls` is not mapped: then it is an ordinary error

The function is found along ``type(obj).__mro__`` (for a class: along its metaclasses), so that ``register(type, …)``
serves all mapped
classes. Values given by users are never asked. The function returns a node or None.

*Nodes.* It returns one of:

* an :class:`Entity` for a mapped class, an alias of one, a bundle, or a relationship given to ``join()``;
* a plain column expression for one attribute, annotated by :func:`of_entity`, so that the statement knows its entity.

An Entity is immutable, states its structure like any node (usually ``fresh(...)`` once per mapper; an alias made per
request is a leaf:
see :mod:`lect.sql.node`) and names its `plugin`.

*Statements.* A Select, Insert, Update, Delete or CompoundSelect that was given an Entity, or an expression with a
column of one inside, has ``_plugin`` (else None): structures know it (:attr:`lect.shape.Shape.plugin`). Its
fields hold the entities as given: ``_raw_columns``, ``_from_obj``, ``_joins`` (nodes `JoinStep` with `target`,
`onclause`, `left`, `isouter`,
`full`; `target` or `onclause` may be an Entity), ``_where``, ``_with_options`` (nodes given to ``options()``),
``table`` of a DML statement.
``plugin.translate(statement)`` returns a plain statement without entities. It is called when core writes such a
statement by itself
(``str(statement)``, or inside of another statement: subqueries are translated where they stand) and for its columns
(``statement.selected_columns``, ``.subquery().c``); the result is kept with the statement. A mapper's session calls
its own, richer
translation once per ``statement_key(statement)`` and keeps it with its plan; it may use
``statement._replace(**fields)`` to make changed copies.

*Values.* The translation must keep the statement's bound parameters as the same objects (they are positions in the
plan), and may add
parameters of its own only with values that follow from structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from lect.shape import intern
from lect.sql.element import ClauseElement

__all__ = ["Entity", "StatementPlugin", "named", "of_entity", "plugin_of", "register", "register_name", "registered"]

_E = TypeVar("_E", bound=ClauseElement)

#: Class of an object -> function that returns its node, or None.
_registered: dict[type, Callable[[Any], ClauseElement | None]] = {}
_named: dict[type, Callable[[Any], ClauseElement | None]] = {}


def register(cls: type, node_of: Callable[[Any], ClauseElement | None]) -> None:
    """Say that objects of `cls` (and of its subclasses) stand for the node that ``node_of(object)`` returns."""
    _registered[cls] = node_of


def register_name(cls: type, node_of: Callable[[Any], ClauseElement | None]) -> None:
    """Say how objects of `cls` are found where they are only named (``correlate()``): nothing has to be ready for that,
    so that it can be written while the classes of a program are still being declared.
    """
    _named[cls] = node_of


def named(obj: object) -> ClauseElement | None:
    """Return the node of an object that is only named, or None."""
    for base in type(obj).__mro__:
        node_of = _named.get(base)
        if node_of is not None:
            return node_of(obj)
    return None


def registered(obj: object) -> ClauseElement | None:
    """Return the node of an object whose class was registered, or None."""
    for base in type(obj).__mro__:
        node_of = _registered.get(base)
        if node_of is not None:
            found = node_of(obj)
            if found is not None:
                return found
    return None


@runtime_checkable
class StatementPlugin(Protocol):
    """Makes plain statements of those that contain entities; one object per mapper library."""

    def translate(self, statement: Any) -> Any:
        """Return a statement without entities that means the same. Pure; called seldom (see the module's docstring).

        A plugin may also have ``translate_whole(statement)``, called in its place for a statement that is not inside of
        another one: there a mapper shows what it adds to load related objects; and ``first_join_from(select)``, which
        returns the first `JoinStep` of a SELECT that is about to lose its columns, with the left side that they mean.
        """
        ...


class Entity(ClauseElement):
    """Something of a mapper inside a statement: a mapped class, an alias, a bundle, a relationship to join along.

    Subclasses provide `plugin`, ``_structure`` (or `_fields`), and what of the following makes sense for them.
    """

    __visit_name__ = "entity"
    _is_entity: ClassVar[bool] = True

    #: Who translates statements that contain this entity.
    plugin: StatementPlugin

    @property
    def entity_columns(self) -> Sequence[Any]:
        """Columns that this entity stands for in the columns of a SELECT."""
        return ()

    @property
    def entity_from(self) -> Any:
        """The FROM element of this entity."""
        raise NotImplementedError(f"{type(self).__name__} states no FROM element")

    @property
    def entity_namespace(self) -> Any:
        """Object whose attributes ``filter_by(name=value)`` compares."""
        return self.entity_from.entity_namespace

    def values_meant(self, items: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Any]]:
        """Return pairs (key or column, value) for those that a user gave to an INSERT or UPDATE of this entity."""
        return items

    @property
    def _from_objects(self) -> list[Any]:
        return self.entity_from._from_objects  # type: ignore[no-any-return]

    def get_children(self) -> Any:
        return iter(())


def of_entity(element: _E, entity: Entity, **facts: Any) -> _E:
    """Return `element` annotated with the entity it belongs to.

    The annotation changes no text, but enters the structure: the same column of two entities (a base class and a
    subclass) may be translated differently. Annotations: ``"entity"``, ``"plugin"``, and `facts`.
    """
    annotated = element._annotate({"entity": entity, "plugin": entity.plugin, **facts})
    inner = element._shape or element._structure()
    outer = entity._shape or entity._structure()
    if outer.plugin is None:
        outer.plugin = entity.plugin
    annotated._shape = intern(("of_entity", inner, outer, facts.get("proxy_key")))
    annotated._leaves = element._leaves + entity._leaves
    return annotated


def plugin_of(nodes: Iterable[Any]) -> StatementPlugin | None:
    """Return the plugin of the first entity in `nodes`, or None."""
    for node in nodes:
        plugin = node.plugin if node._is_entity else (node._shape or node._structure()).plugin
        if plugin is not None:
            return plugin  # type: ignore[no-any-return]
    return None
