"""Random mappings: what Hypothesis draws (classes, keys, inheritance, relationships), and the mapped classes made of
it.

A mapping is drawn as plain data first (:class:`World`), which the model reads too; :func:`build` makes tables and
classes of it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from lect import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String, Table, and_
from lect_orm import DeclarativeBase, attribute_keyed_dict, foreign, mapped_column, relationship, remote

MODULE = "lect_random_mapping"  # where the classes pretend to live, so that their objects can be pickled
KEYS = {"auto": ("id",), "natural": ("code",), "composite": ("org", "num")}


@dataclass(frozen=True)
class Database:
    """What matters about the database: whether foreign keys are enforced, and whether a table may cascade to itself."""

    enforced: bool
    cascades_to_itself: bool
    generates_keys_of_rollbacks: bool = False


@dataclass(frozen=True)
class Klass:
    """One class: a root, or a subclass with a table of its own (joined), without one (single), or alone (concrete)."""

    name: str
    number: int
    how: str  # root, joined, single, concrete
    base: str | None  # the class it inherits from
    root: str  # whose key and identity it shares; itself for root and concrete
    key: str  # auto, natural, composite, pair (of two foreign keys)
    versioned: bool = False

    @property
    def own_column(self) -> str:
        return f"own{self.number}"


@dataclass(frozen=True)
class Link:
    """One relationship between two classes, in one or two directions.

    Attributes:
        kind: one (many-to-one only), many (one-to-many only), both, single (one-to-one), pairs (many-to-many).
        child: class whose rows refer; for pairs the left one.
        parent: class that is referred to; for pairs the right one.
        cascade: of the parent's side: save (the default), all, orphan.
        required: the child's row cannot be without a parent.
    """

    name: str
    kind: str
    child: str
    parent: str
    cascade: str = "save"
    required: bool = False
    constrained: bool = True
    passive_deletes: bool = False
    passive_updates: bool = True
    post_update: bool = False
    collection: str = "list"
    two_sided: bool = True

    @property
    def child_attribute(self) -> str | None:
        return None if self.kind == "many" else self.name

    @property
    def parent_attribute(self) -> str | None:
        if self.kind == "one" or (self.kind == "pairs" and not self.two_sided):
            return None
        return f"{self.name}_of"


@dataclass(frozen=True)
class World:
    """One mapping."""

    classes: tuple[Klass, ...]
    links: tuple[Link, ...]
    database: Database
    by_name: dict[str, Klass] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_name.update({c.name: c for c in self.classes})

    def isa(self, name: str, other: str) -> bool:
        """Whether objects of one class are objects of the other, as relationships see it."""
        current: str | None = name
        while current is not None:
            if current == other:
                return True
            klass = self.by_name[current]
            current = klass.base if klass.how != "concrete" else None
        return False

    def line(self, name: str) -> list[Klass]:
        """A class and the classes it inherits tables and columns from, root first."""
        found: list[Klass] = []
        current: str | None = name
        while current is not None:
            klass = self.by_name[current]
            found.insert(0, klass)
            current = klass.base if klass.how != "concrete" else None
        return found

    def table_of(self, name: str) -> str:
        """Return the name of the table that holds a class's own columns."""
        klass = self.by_name[name]
        while klass.how == "single":
            assert klass.base is not None
            klass = self.by_name[klass.base]
        return klass.name.lower()

    def key_names(self, name: str) -> tuple[str, ...]:
        """Return the names of a class's key columns."""
        klass = self.by_name[self.by_name[name].root]
        if klass.key == "pair":
            return tuple([c for link in self.links if link.child == klass.name for c in self.columns_of(link)])
        return KEYS[klass.key]

    def columns_of(self, link: Link) -> tuple[str, ...]:
        """Return the names of the columns that refer to the parent."""
        return tuple([f"{link.name}_{key}" for key in self.key_names(link.parent)])

    def links_from(self, name: str) -> list[Link]:
        """Links whose child is this class or one that it inherits from."""
        return [link for link in self.links if self.isa(name, link.child)]

    def links_to(self, name: str) -> list[Link]:
        """Links whose parent is this class or one that it inherits from."""
        return [link for link in self.links if self.isa(name, link.parent)]


# -- drawing ----------------------------------------------------------------------------------------------------------


@st.composite
def worlds(draw: st.DrawFn, server: str | None = None) -> World:
    """Draw a mapping for SQLite (`server` None) or for a server that is known by what it can do with foreign keys."""
    enforced = True if server is not None else draw(st.booleans())
    database = Database(enforced, server != "mysql")
    classes = draw(_classes())
    links = draw(_links(classes, database))
    world = World(tuple(classes), tuple(links), database)
    if draw(st.booleans()):
        world = _with_pair(draw, world)
    return world


@st.composite
def _classes(draw: st.DrawFn) -> list[Klass]:
    classes: list[Klass] = []
    for n in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from(["auto", "auto", "natural", "composite"]))
        root = Klass(f"R{n}", len(classes), "root", None, f"R{n}", key, draw(st.booleans()))
        classes.append(root)
        hierarchy = [root]
        for m in range(draw(st.integers(0, 3))):
            base = draw(st.sampled_from([k for k in hierarchy if k.how != "concrete"]))
            how = draw(st.sampled_from(["joined", "joined", "single", "concrete"]))
            if how == "concrete" and (root.versioned or base is not root):
                how = "joined"
            name = f"{root.name}{'ABC'[m]}"
            own = name if how == "concrete" else root.name
            sub = Klass(name, len(classes), how, base.name, own, key, root.versioned)
            classes.append(sub)
            hierarchy.append(sub)
    return classes


@st.composite
def _links(draw: st.DrawFn, classes: list[Klass], database: Database) -> list[Link]:
    links: list[Link] = []
    world = World(tuple(classes), (), database)
    names = [c.name for c in classes]
    orphaned: set[str] = set()
    for n in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["one", "many", "both", "both", "single", "pairs"]))
        child, parent = (world.by_name[draw(st.sampled_from(names))] for _ in range(2))
        itself = child.root == parent.root
        natural = parent.key != "auto"
        collection = draw(st.sampled_from(["list", "set", "dict"]))
        constrained = draw(st.sampled_from([True, True, True, False]))
        if kind == "pairs":
            changeable = natural or child.key != "auto"
            if itself and changeable and not database.cascades_to_itself:
                constrained = False  # nor may both halves of a key be updated by cascades
            passive = database.enforced and constrained if changeable else draw(st.booleans())
            links.append(
                Link(
                    f"l{n}", kind, child.name, parent.name, constrained=constrained, passive_updates=passive,
                    collection=collection, two_sided=draw(st.booleans()),
                )
            )  # fmt: skip
            continue
        if itself and natural and not database.cascades_to_itself:
            constrained = False
        if child.how == "single" and len(KEYS[parent.key]) > 1:
            constrained = False
        passive_updates = database.enforced and constrained if natural else draw(st.booleans())
        post_update = kind in ("one", "both") and draw(st.sampled_from([False, False, True]))
        cascade, required = "save", False
        if kind != "one" and not post_update:
            cascade = draw(st.sampled_from(["save", "all", "orphan"]))
            if cascade == "orphan" and child.root in orphaned:
                cascade = "all"
            if cascade == "orphan":
                orphaned.add(child.root)
            later = names.index(parent.root) < names.index(child.root) and not itself
            required = cascade != "save" and later and child.how != "single" and draw(st.booleans())
        links.append(
            Link(
                f"l{n}", kind, child.name, parent.name, cascade, required, constrained,
                passive_updates=passive_updates, post_update=post_update, collection=collection,
            )
        )  # fmt: skip
    return [_with_passive_deletes(draw, world, link, links) for link in links]


def _with_passive_deletes(draw: st.DrawFn, world: World, link: Link, links: list[Link]) -> Link:
    """Leave the deletion of children to the database where that is all there is to do."""
    if not (world.database.enforced and link.constrained) or link.kind in ("one", "pairs") or link.post_update:
        return link
    child_root = world.by_name[link.child].root
    if child_root == world.by_name[link.parent].root or (link.required and link.cascade == "save"):
        return link
    for other in links:
        involved = [world.by_name[other.parent].root]
        if other.kind == "pairs":
            involved.append(world.by_name[other.child].root)
        if child_root in involved:
            return link
    from dataclasses import replace

    return replace(link, passive_deletes=draw(st.booleans()))


def _with_pair(draw: st.DrawFn, world: World) -> World:
    """Add an association object: a class whose key is made of two references."""
    plain = [c.name for c in world.classes if c.key == "auto" and c.how in ("root", "joined")]
    if not plain:
        return world
    left, right = draw(st.sampled_from(plain)), draw(st.sampled_from(plain))
    made = Klass("P", len(world.classes), "root", None, "P", "pair")
    links = [
        Link(f"p{n}", "both", "P", parent, "orphan", True, collection=draw(st.sampled_from(["list", "set", "dict"])))
        for n, parent in enumerate((left, right))
    ]
    # What the database is to delete by itself must not be referred to by association objects.
    from dataclasses import replace

    others = [replace(link, passive_deletes=False) for link in world.links]
    return World((*world.classes, made), (*others, *links), world.database)


# -- making -----------------------------------------------------------------------------------------------------------


@dataclass
class Built:
    """Mapped classes of a world."""

    world: World
    classes: dict[str, Any]
    metadata: MetaData
    registry: Any
    secondaries: dict[str, Any]

    def dispose(self) -> None:
        self.registry.dispose()
        sys.modules.pop(MODULE, None)


def build(world: World) -> Built:
    """Make tables and classes."""
    module = sys.modules[MODULE] = ModuleType(MODULE)
    Base: Any = type("Base", (DeclarativeBase,), {"__module__": MODULE})
    classes: dict[str, Any] = {}
    secondaries = {link.name: _secondary(world, link, Base.metadata) for link in world.links if link.kind == "pairs"}
    polymorphic = {c.root for c in world.classes if c.how in ("joined", "single")}
    for klass in world.classes:
        body = _body(world, klass, polymorphic, Base.metadata.tables)
        for link in world.links:
            if link.child == klass.name and link.kind != "pairs":
                _refer(world, link, body)
        _relate(world, klass, body, classes, secondaries)
        base = Base if klass.base is None else classes[klass.base]
        made = classes[klass.name] = type(klass.name, (base,), body)
        setattr(module, klass.name, made)
    built = Built(world, classes, Base.metadata, Base.registry, secondaries)
    try:
        Base.registry.configure()
    except BaseException:
        built.dispose()
        raise
    return built


def _type(name: str) -> Any:
    return String(30) if name.endswith(("code", "org")) else Integer()


def _key_column(name: str) -> Any:
    return mapped_column(_type(name), primary_key=True, autoincrement="auto" if name != "num" else False)


def _body(world: World, klass: Klass, polymorphic: set[str], tables: Any) -> dict[str, Any]:
    own = mapped_column(String(30), nullable=True)
    body: dict[str, Any] = {"__module__": MODULE, klass.own_column: own, "__table_args__": ()}
    options: dict[str, Any] = {}
    if klass.how == "concrete":
        options["concrete"] = True
    elif klass.root in polymorphic:
        options["polymorphic_identity"] = klass.name
    if klass.how != "single":
        body["__tablename__"] = klass.name.lower()
    keys = KEYS.get(klass.key, ())
    if klass.how in ("root", "concrete"):
        for key in keys:
            body[key] = _key_column(key)
        body["uid"] = mapped_column(Integer, nullable=False)
        body["v"] = mapped_column(String(30), nullable=True)
        body["n"] = mapped_column(Integer, nullable=True)
        body["d"] = mapped_column(Integer, nullable=True, default=7)
        if klass.versioned:
            body["version"] = mapped_column(Integer, nullable=False)
            options["version_id_col"] = body["version"]
        if klass.root in polymorphic:
            body["kind"] = mapped_column(String(10), nullable=False)
            options["polymorphic_on"] = "kind"
        if klass.key != "auto" and not world.database.enforced:
            options["passive_updates"] = False
        # An id that is used again would belong to two objects: one the database has deleted, and a new one.
        body["__table_args__"] = ({"sqlite_autoincrement": True},) if klass.key == "auto" else ()
    elif klass.how == "joined":
        assert klass.base is not None
        above = world.table_of(klass.base)
        for key in keys:
            body[key] = _key_column(key)
        refers = ForeignKeyConstraint(
            list(keys), [f"{above}.{key}" for key in keys], onupdate=_cascade(world, klass.key), ondelete="CASCADE"
        )
        body["__table_args__"] = (refers,)
        # A class may refer to its own hierarchy too: which of the constraints is the inheritance has to be said.
        options["inherit_condition"] = and_(*[body[key] == tables[above].c[key] for key in keys])
    else:
        del body["__table_args__"]
    body["__mapper_args__"] = options
    return body


def _cascade(world: World, key: str) -> str | None:
    return "CASCADE" if key != "auto" and world.database.enforced else None


def _refer(world: World, link: Link, body: dict[str, Any]) -> None:
    """Add the columns that refer to the parent, and their constraint."""
    names = world.columns_of(link)
    parent = world.by_name[link.parent]
    targets = [f"{world.table_of(link.parent)}.{key}" for key in world.key_names(link.parent)]
    rules: dict[str, Any] = {"onupdate": _cascade(world, parent.key)}
    if link.passive_deletes:
        rules["ondelete"] = "SET NULL" if link.cascade == "save" else "CASCADE"
    child = world.by_name[link.child]
    # Tables that refer to each other can be dropped only when the constraints between them have names.
    backward = parent.number >= next(c.number for c in world.classes if c.name.lower() == world.table_of(child.name))
    if backward:
        rules.update(name=f"fk_{link.name}", use_alter=child.root != parent.root)
    primary = child.key == "pair"
    single = [ForeignKey(targets[0], **rules)] if link.constrained and len(names) == 1 else []
    for name in names:
        needed = link.required or primary
        body[name] = mapped_column(_type(name), *single, nullable=not needed, primary_key=primary)
    if link.constrained and len(names) > 1:
        body["__table_args__"] = (ForeignKeyConstraint(list(names), targets, **rules), *body["__table_args__"])


def _secondary(world: World, link: Link, metadata: MetaData) -> Table:
    parts: list[Any] = []
    for side, name in (("a", link.child), ("b", link.parent)):
        keys = world.key_names(name)
        columns = [f"{side}_{key}" for key in keys]
        parts += [Column(c, _type(c), primary_key=True, autoincrement=False) for c in columns]
        if link.constrained:
            targets = [f"{world.table_of(name)}.{key}" for key in keys]
            parts.append(ForeignKeyConstraint(columns, targets, onupdate=_cascade(world, world.by_name[name].key)))
    return Table(f"pairs_{link.name}", metadata, *parts)


CASCADES = {"save": "save-update, merge", "all": "all", "orphan": "all, delete-orphan"}


def _collection(link: Link) -> Any:
    return {"list": list, "set": set, "dict": attribute_keyed_dict("uid")}[link.collection]


def _relate(world: World, klass: Klass, body: dict[str, Any], classes: dict[str, Any], secondaries: Any) -> None:
    """Add the relationships that start at a class."""
    for link in world.links:
        common: dict[str, Any] = {"passive_updates": link.passive_updates}
        both = link.child_attribute and link.parent_attribute
        if link.kind == "pairs":
            table = secondaries[link.name]
            left, right = _halves(world, link, classes, table)
            if link.child == klass.name:
                body[link.name] = relationship(
                    link.parent, secondary=table, collection_class=_collection(link), primaryjoin=left,
                    secondaryjoin=right, **common, **({"back_populates": link.parent_attribute} if both else {}),
                )  # fmt: skip
            if link.parent == klass.name and link.parent_attribute:
                body[link.parent_attribute] = relationship(
                    link.child, secondary=table, primaryjoin=right, secondaryjoin=left, back_populates=link.name,
                    **common,
                )  # fmt: skip
            continue
        if link.child == klass.name and link.child_attribute:
            body[link.child_attribute] = relationship(
                link.parent, primaryjoin=_join(world, link, classes, True), post_update=link.post_update, **common,
                **({"back_populates": link.parent_attribute} if both else {}),
            )  # fmt: skip
        if link.parent == klass.name and link.parent_attribute:
            shape: dict[str, Any] = {"uselist": False} if link.kind == "single" else {}
            if link.kind != "single":
                shape["collection_class"] = _collection(link)
            body[link.parent_attribute] = relationship(
                link.child, primaryjoin=_join(world, link, classes, False), post_update=link.post_update, **common,
                cascade=CASCADES[link.cascade], passive_deletes=link.passive_deletes, **shape,
                **({"back_populates": link.child_attribute} if both else {}),
            )  # fmt: skip


def _join(world: World, link: Link, classes: dict[str, Any], from_child: bool) -> Any:
    def made() -> Any:
        child, parent = classes[link.child], classes[link.parent]
        pairs = zip(world.columns_of(link), world.key_names(link.parent), strict=True)
        if from_child:
            return and_(*[foreign(getattr(child, c)) == remote(_key(world, link.parent, parent, p)) for c, p in pairs])
        return and_(*[remote(foreign(getattr(child, c))) == _key(world, link.parent, parent, p) for c, p in pairs])

    return made


def _halves(world: World, link: Link, classes: dict[str, Any], table: Any) -> tuple[Any, Any]:
    def half(side: str, name: str) -> Any:
        def made() -> Any:
            mapped = classes[name]
            return and_(*[_key(world, name, mapped, key) == table.c[f"{side}_{key}"] for key in world.key_names(name)])

        return made

    return half("a", link.child), half("b", link.parent)


def _key(world: World, name: str, mapped: Any, key: str) -> Any:
    """The key column of the class's own table: what the constraint refers to."""
    return mapped.metadata.tables[world.table_of(name)].c[key]
