"""Loader options: which columns and relationships a statement loads, and how.

An option is a path from an entity along relationships, and a strategy at its end. It is an immutable node of the
statement.
All options of a statement together become a tree (:class:`OptionNode`) that the translation and the lazy loaders walk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lect.exc import ArgumentError
from lect.shape import Shape, intern, uncacheable
from lect_orm.attributes.descriptor import QueryableAttribute
from lect_orm.base import mapper_of
from lect_orm.loading.criteria import LoaderCriteriaOption
from lect_orm.loading.orm_option import ORMOption
from lect_orm.query.entities import entity_node

__all__ = ["Load", "OptionNode", "option_tree"]


class Step:
    """One element of an option's path.

    Attributes:
        key: name of the attribute; "*" for all.
        entity: the Mapper or alias inspection whose attribute it is; None behind a wildcard.
        of_type: entity that the attribute was narrowed to or led to.
        criteria: further conditions given with ``and_()``.
        strategy: pairs that say how to load it; None for a part of the way (``defaultload``).
        arguments: further facts of the strategy.
    """

    __slots__ = ("arguments", "criteria", "entity", "key", "kind", "of_type", "strategy")

    def __init__(
        self,
        key: str,
        entity: Any,
        kind: str,
        strategy: str | None,
        of_type: Any = None,
        criteria: tuple[Any, ...] = (),
        arguments: tuple[tuple[str, Any], ...] = (),
    ) -> None:
        self.key = key
        self.entity = entity
        self.kind = kind
        self.strategy = strategy
        self.of_type = of_type
        self.criteria = criteria
        self.arguments = arguments

    def argument(self, name: str, default: Any = None) -> Any:
        """Return one further fact."""
        for key, value in self.arguments:
            if key == name:
                return value
        return default


class Load(ORMOption):
    """``Load(User).joinedload(User.addresses)``; also what ``joinedload(User.addresses)`` and the other functions
    return.

    Each method returns an option that is longer by one step.
    """

    propagate_to_loaders = True

    def __init__(self, entity: Any = None) -> None:
        self.root: Any = None if entity is None else _inspected(entity)
        #: chains: each a tuple of steps from the root
        self.chains: tuple[tuple[Step, ...], ...] = ()
        #: the steps to which the next method adds
        self.current: tuple[Step, ...] = ()

    # -- building ------------------------------------------------------------------------------------------------------

    def _copy(self) -> Load:
        made = object.__new__(type(self))
        made.root, made.chains, made.current = self.root, self.chains, self.current
        return made

    def _add(
        self,
        attr: Any,
        strategy: str | None,
        kind: str,
        arguments: tuple[tuple[str, Any], ...] = (),
        stay: bool = False,
    ) -> Load:
        steps = self._steps(attr, strategy, kind, arguments)
        made = self._copy()
        if made.root is None:
            made.root = steps[0].entity
        chain = (*self.current, *steps)
        chains = [c for c in self.chains if c is not self.current or not self.current]
        if self.current and self.current in self.chains:
            chains = [c for c in self.chains if c is not self.current]
            if stay or _says_something(self.current):
                chains.append(self.current)
        made.chains = (*chains, chain)
        made.current = self.current if stay else chain
        return made

    def _steps(self, attr: Any, strategy: str | None, kind: str, arguments: tuple[tuple[str, Any], ...]) -> list[Step]:
        if isinstance(attr, str):
            if attr not in ("*",) and not attr.endswith(":*"):
                raise ArgumentError(
                    "Strings are not accepted for attribute names in loader options; please use class-bound "
                    "attributes directly."
                )
            return [Step("*", self.root if not self.current else None, kind, strategy, arguments=arguments)]
        if not isinstance(attr, QueryableAttribute):
            found = getattr(attr, "attr", None)
            if isinstance(found, QueryableAttribute):  # an association proxy's own attribute
                attr = found
            elif isinstance(attr, type) or getattr(attr, "_lect_aliased", None) is not None:
                raise ArgumentError(
                    f"mapper option expects string key or list of attributes, got {attr!r}; give an attribute of it"
                )
            else:
                raise ArgumentError(f"expected ORM mapped attribute for loader strategy argument, got {attr!r}")
        while hasattr(attr, "_target") and getattr(attr.prop, "is_synonym", False):
            attr = attr._target()
        entity = attr.parent
        prop = attr.prop
        self._check_connection(attr, entity)
        if kind == "relationship" and not getattr(prop, "is_relationship", False):
            raise ArgumentError(
                f'Can\'t apply "{strategy or "default"} loader" strategy to property "{attr}", which is a "'
                f'{"column property" if getattr(prop, "is_column", False) else type(prop).__name__}"; this loader '
                "strategy is intended to be "
                'used with a "relationship property".'
            )
        if kind == "column" and getattr(prop, "is_relationship", False):
            raise ArgumentError(
                f'Can\'t apply "{strategy or "default"} loader" strategy to property "{attr}", which is a '
                '"relationship property"; this loader '
                'strategy is intended to be used with a "column property".'
            )
        comparator = attr.comparator
        of_type = getattr(comparator, "_of_type", None)
        return [Step(attr.key, entity, kind, strategy, of_type, tuple(attr._extra_criteria), arguments)]

    def _check_connection(self, attr: Any, entity: Any) -> None:
        if self.current:
            last = self.current[-1]
            if last.key == "*" or last.entity is None:
                return
            target = last.of_type
            if target is None:
                prop = last.entity.mapper._props.get(last.key)
                entity.mapper._check_configure()
                target = getattr(prop, "entity", None)
            if target is None:
                return
            if not _compatible(entity, target):
                raise ArgumentError(
                    f'ORM mapped entity or attribute "{attr}" does not link from relationship '
                    f'"{last.entity.mapper.class_.__name__}.{last.key}".'
                    + (
                        "  Did you mean to use "
                        f'"{last.entity.mapper.class_.__name__}.{last.key}.of_type({entity.mapper.class_.__name__})" ?'
                        if entity.mapper.isa(target.mapper)
                        else ""
                    )
                )
        elif self.root is not None and not _compatible(entity, self.root):
            raise ArgumentError(f'ORM mapped entity or attribute "{attr}" does not link from "{_named(self.root)}".')

    def _structure(self) -> Shape:
        parts: list[Any] = [Load]
        leaves: tuple[Any, ...] = ()
        if self.root is not None:
            node = entity_node(self.root)
            parts.append(node._shape or node._structure())
            leaves += node._leaves
        for chain in self.chains:
            for step in chain:
                parts.extend((step.key, step.kind, step.strategy))
                for entity in (step.entity, step.of_type):
                    if entity is None:
                        parts.append(None)
                    else:
                        node = entity_node(entity)
                        parts.append(node._shape or node._structure())
                        leaves += node._leaves
                for name, value in step.arguments:
                    shape = _shape_of(value)
                    parts.append((name, shape[0]))
                    leaves += shape[1]
                for criterion in step.criteria:
                    shape = _shape_of(criterion)
                    parts.append(shape[0])
                    leaves += shape[1]
            parts.append("/")
        try:
            self._shape = intern(tuple(parts))
        except TypeError:
            self._shape = uncacheable(Load)
        self._leaves = leaves
        return self._shape

    # -- strategies of relationships -----------------------------------------------------------------------------------

    def joinedload(self, attr: Any, innerjoin: Any = None) -> Load:
        """Load in the same statement, by a join."""
        return self._add(attr, "joined", "relationship", () if innerjoin is None else (("innerjoin", innerjoin),))

    def subqueryload(self, attr: Any) -> Load:
        """Load by a second statement around the first as a subquery."""
        return self._add(attr, "subquery", "relationship")

    def selectinload(self, attr: Any, recursion_depth: int | None = None, chunksize: int | None = None) -> Load:
        """Load by a second statement with the keys of the parents in an IN list."""
        arguments = []
        if recursion_depth is not None:
            if not isinstance(recursion_depth, int) or recursion_depth == 0:
                raise ArgumentError("recursion_depth should be a positive number, or -1 for no limit")
            arguments.append(("recursion_depth", recursion_depth))
        if chunksize is not None:
            arguments.append(("chunksize", chunksize))
        return self._add(attr, "selectin", "relationship", tuple(arguments))

    def lazyload(self, attr: Any) -> Load:
        """Load when first read."""
        return self._add(attr, "select", "relationship")

    def immediateload(self, attr: Any, recursion_depth: int | None = None) -> Load:
        """Load right after the parents, object by object, using what is in the session."""
        arguments = () if recursion_depth is None else (("recursion_depth", recursion_depth),)
        return self._add(attr, "immediate", "relationship", arguments)

    def noload(self, attr: Any) -> Load:
        """Leave empty."""
        return self._add(attr, "noload", "relationship")

    def raiseload(self, attr: Any, sql_only: bool = False) -> Load:
        """Refuse to load when read; with `sql_only` only when SQL would be needed."""
        return self._add(attr, "raise_on_sql" if sql_only else "raise", "relationship")

    def defaultload(self, attr: Any) -> Load:
        """Go on along the relationship without a strategy of its own."""
        return self._add(attr, None, "relationship")

    def contains_eager(self, attr: Any, alias: Any = None, _is_chain: bool = False) -> Load:
        """Take from the columns that the statement selects by a join of its own; `alias` says of which alias."""
        arguments: tuple[tuple[str, Any], ...] = ()
        if alias is not None:
            found = getattr(alias, "_lect_aliased", None)
            arguments = (("alias", found if found is not None else alias),)
        return self._add(attr, "contains_eager", "relationship", arguments)

    # -- strategies of columns -----------------------------------------------------------------------------------------

    def load_only(self, *attrs: Any, raiseload: bool = False) -> Load:
        """Load these columns only; the others when they are read (or, with `raiseload`, never)."""
        made: Load = self
        for attr in _flat(attrs):
            made = made._add(attr, "undeferred", "column", (("only", True),), stay=True)
        arguments = (("raiseload", True),) if raiseload else ()
        return made._add("*", "deferred_others", "column", arguments, stay=True)

    def defer(self, key: Any, raiseload: bool = False) -> Load:
        """Leave a column out until it is read (or, with `raiseload`, refuse then)."""
        return self._add(key, "deferred", "column", (("raiseload", True),) if raiseload else (), stay=True)

    def undefer(self, key: Any) -> Load:
        """Load a deferred column at once."""
        return self._add(key, "undeferred", "column", stay=True)

    def undefer_group(self, name: str) -> Load:
        """Load the deferred columns of a group at once."""
        return self._add("*", "undefer_group", "column", (("group", name),), stay=True)

    def with_expression(self, key: Any, expression: Any) -> Load:
        """Give the expression of a ``query_expression()`` attribute."""
        element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
        return self._add(key, "expression", "column", (("expression", element),), stay=True)

    def selectin_polymorphic(self, classes: Iterable[Any]) -> Load:
        """Load columns of subclasses by further statements with IN."""
        mappers = tuple(sorted((_inspected(c) for c in classes), key=lambda m: m.number))
        made = self._copy()
        step = Step(
            "*",
            self.root if not self.current else None,
            "polymorphic",
            "selectin_polymorphic",
            arguments=(("mappers", mappers),),
        )
        made.chains = (*self.chains, (*self.current, step))
        return made

    def options(self, *opts: Load) -> Load:
        """Add options that begin where this one ends."""
        made = self
        for opt in opts:
            for chain in opt.chains:
                made = made._append_chain(chain)
        return made

    def _append_chain(self, chain: tuple[Step, ...]) -> Load:
        if chain[0].entity is not None:
            self._check_connection_step(chain[0])
        made = self._copy()
        if made.root is None:
            made.root = chain[0].entity
        made.chains = (*self.chains, (*self.current, *chain))
        return made

    def _check_connection_step(self, step: Step) -> None:
        attr = _Described(step)
        self._check_connection(attr, step.entity)


class _Described:
    def __init__(self, step: Step) -> None:
        self.step = step

    def __str__(self) -> str:
        return f"{self.step.entity.mapper.class_.__name__}.{self.step.key}"


def _says_something(chain: tuple[Step, ...]) -> bool:
    return any(s.strategy is not None for s in chain)


def _named(entity: Any) -> str:
    return str(entity)


def _flat(attrs: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for attr in attrs:
        if isinstance(attr, list | tuple):
            found.extend(attr)
        else:
            found.append(attr)
    return found


def _compatible(entity: Any, target: Any) -> bool:
    """Whether an attribute of `entity` can follow where `target` is reached."""
    if entity is target:
        return True
    if not target.is_mapper:
        if not entity.is_mapper:
            return getattr(entity, "sub_of", None) is target or getattr(target, "sub_of", None) is entity
        return bool(target.use_mapper_path and (entity.isa(target.mapper) or target.mapper.isa(entity)))
    if not entity.is_mapper:
        return bool(entity.use_mapper_path) and entity.mapper.common_parent(target)
    return bool(entity.isa(target) or target.isa(entity))


def _inspected(entity: Any) -> Any:
    found = getattr(entity, "_lect_aliased", None)
    if found is not None:
        return found
    if getattr(entity, "is_mapper", False) and not isinstance(entity, type):
        return entity
    if getattr(entity, "is_aliased_class", False):
        return entity
    if isinstance(entity, type):
        mapper = mapper_of(entity)
        if mapper is not None:
            mapper._check_configure()
            return mapper
    raise ArgumentError(f"expected a mapped class or an alias of one, got {entity!r}")


def _shape_of(value: Any) -> tuple[Any, tuple[Any, ...]]:
    if getattr(value, "is_mapper", False) or getattr(value, "is_aliased_class", False):
        value = entity_node(value)
    elif hasattr(value, "__clause_element__") and not getattr(value, "is_clause_element", False):
        value = value.__clause_element__()
    if getattr(value, "is_clause_element", False):
        return (value._shape or value._structure()), value._leaves
    if isinstance(value, tuple):
        shapes = [_shape_of(v) for v in value]
        return tuple(s[0] for s in shapes), tuple(leaf for s in shapes for leaf in s[1])
    return value, ()


class OptionNode:
    """What the options say about one entity, and behind its relationships.

    Attributes:
        steps: attribute name -> the last step given for it (of each entity), with its strategy.
        children: attribute name -> the node behind.
        wildcards: kind ("relationship", "column") -> step for all that have none of their own.
        everywhere: what ``raiseload("*")`` says of all relationships of the statement, however deep; None when nothing.
    """

    __slots__ = ("children", "criteria", "everywhere", "groups", "only", "polymorphic", "shape", "steps", "wildcards")

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}
        self.children: dict[str, OptionNode] = {}
        self.wildcards: dict[str, Step] = {}
        self.groups: set[str] = set()
        self.only: set[str] | None = None
        self.polymorphic: list[Any] = []
        self.criteria: tuple[LoaderCriteriaOption, ...] = ()
        self.everywhere: OptionNode | None = None
        #: structure of statements that carry this node along; made when first asked for
        self.shape: Any = None

    def child(self, key: str) -> OptionNode:
        """Return the node behind a relationship, made when it is new."""
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = OptionNode()
            found.criteria = self.criteria
            found.everywhere = self.everywhere
        return found

    def below(self, key: str) -> OptionNode:
        """Return the node behind a relationship; an empty one, or what is said of all, when nothing is said of it."""
        found = self.children.get(key)
        if found is None:
            found = EMPTY if self.everywhere is None else self.everywhere
        return found

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not (
            self.steps
            or self.children
            or self.wildcards
            or self.only is not None
            or self.groups
            or self.polymorphic
            or self.everywhere is not None
        )

    def strategy_for(self, prop: Any) -> Step | None:
        """Return the step that says how to load a relationship, or None."""
        found = self.steps.get(prop.key)
        if found is not None and found.strategy is not None:
            return found
        wildcard = self.wildcards.get("relationship")
        if wildcard is None and self.everywhere is not None:
            wildcard = self.everywhere.wildcards.get("relationship")
        return wildcard

    def enter(self, chain: tuple[Step, ...], raising: bool = True) -> None:
        """Enter one chain of an option."""
        node = self
        for step in chain[:-1]:
            node._place(step)
            node = node.child(step.key)
        node._place(chain[-1])

    def _names_alias(self, step: Step) -> bool:
        """Whether an option before has named the alias of a contains_eager() that this step only passes through."""
        held = self.steps.get(step.key)
        return (
            held is not None
            and held.strategy == step.strategy == "contains_eager"
            and held.argument("alias") is not None
            and step.argument("alias") is None
            and step.of_type is None
        )

    def _place(self, step: Step) -> None:
        if step.kind == "polymorphic":
            self.polymorphic.append(step)
            return
        if step.key == "*":
            if step.strategy == "deferred_others":
                self.only = self.only or set()
                self.wildcards["column"] = step
            elif step.strategy == "undefer_group":
                self.groups.add(step.argument("group"))
            else:
                self.wildcards[step.kind] = step
            return
        held = self.steps.get(step.key)
        if (step.strategy is not None or held is None) and not self._names_alias(step):
            self.steps[step.key] = step
        if step.argument("only"):
            self.only = (self.only or set()) | {step.key}


EMPTY = OptionNode()


def option_tree(options: Iterable[Any], entities: list[Any], raising: bool = True) -> dict[Any, OptionNode]:
    """Return entity -> node for the loader options of a statement.

    Args:
        entities: Mappers and alias inspections that the statement loads.
        raising: an option that concerns none of them is an error.

    Raises:
        ArgumentError: an option concerns none of the entities.
    """
    tree: dict[Any, OptionNode] = {}
    everywhere = _everywhere(options)
    if everywhere is not None:
        for entity in entities:
            tree.setdefault(entity, OptionNode()).everywhere = everywhere
    criteria = tuple(o for o in options if isinstance(o, LoaderCriteriaOption))
    if criteria:
        for entity in entities:
            tree.setdefault(entity, OptionNode()).criteria = criteria
    for option in options:
        if not isinstance(option, Load):
            node = getattr(option, "node", None)
            if node is not None:  # options carried over from the statement that loaded the parent
                for entity in entities:
                    if entity is option.entity:
                        tree[entity] = node
            continue
        if option.root is None:
            targets = entities[:1] if entities else []
            for chain in option.chains:
                for entity in entities if len(entities) == 1 or chain[0].key == "*" else targets:
                    tree.setdefault(entity, _with(criteria)).enter(chain)
            continue
        matched = [e for e in entities if _matches(option.root, e)]
        if not matched:
            if raising:
                _no_match(option, entities)
            continue
        for entity in matched:
            for chain in option.chains:
                tree.setdefault(entity, _with(criteria)).enter(chain)
    return tree


def _everywhere(options: Iterable[Any]) -> OptionNode | None:
    """Return what unbound options with "*" say of all relationships that the statement leads to."""
    made: OptionNode | None = None
    for option in options:
        if isinstance(option, Load) and option.root is None:
            for chain in option.chains:
                if len(chain) == 1 and chain[0].key == "*" and chain[0].kind == "relationship":
                    made = made or OptionNode()
                    made._place(chain[0])
                    made.everywhere = made
    return made


def _with(criteria: tuple[LoaderCriteriaOption, ...]) -> OptionNode:
    made = OptionNode()
    made.criteria = criteria
    return made


def _matches(root: Any, entity: Any) -> bool:
    if root is entity:
        return True
    return _compatible(root, entity)


def _no_match(option: Load, entities: list[Any]) -> None:
    step = option.chains[0][0] if option.chains else None
    attribute = "" if step is None else f'"{_named(option.root)}.{step.key}" '
    if not entities:
        raise ArgumentError(
            "Query has only expression-based entities - attribute loader options for "
            f"{_named(option.root)} can't be applied here."
        )
    named = ", ".join(_named(e) for e in entities)
    raise ArgumentError(
        f"Mapped class {_named(option.root)} does not apply to any of the root entities in this query, e.g. "
        f"{named}. Please specify the "
        f"full path from one of the root entities to the target attribute{' ' + attribute if attribute else ''}."
    )
