"""Declarative mapping: a class body read as a table and a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.absent import NO_ARG
from lect.exc import ArgumentError, InvalidRequestError, nearest
from lect.schema.column import Column
from lect.schema.metadata import MetaData
from lect.schema.table import Table
from lect.types.null import NULLTYPE
from lect_orm.base import InspectionAttr, _MappedAttribute, mapper_of
from lect_orm.exc import MappedAnnotationError
from lect_orm.mapping import notices
from lect_orm.mapping.annotations import Annotation, Unmapped, annotations_of, read_annotation, relationship_target
from lect_orm.mapping.column_property import ColumnProperty
from lect_orm.mapping.dataclass import make_dataclass
from lect_orm.mapping.declared_attr import declared_attr, scan_values
from lect_orm.mapping.mapped_column import DATACLASS_ONLY, MappedColumn, UnmappedColumn
from lect_orm.mapping.mapper import Mapper
from lect_orm.mapping.property import MapperProperty

__all__ = ["add_attribute", "del_attribute", "is_mapped_class", "map_declaratively", "map_imperatively"]

_DIRECTIVES = ("__tablename__", "__table__", "__table_args__", "__mapper_args__", "__table_cls__", "__mapper_cls__")


def is_mapped_class(cls: Any) -> bool:
    """Whether the class has a mapper of its own."""
    return getattr(cls.__dict__.get("__mapper__"), "is_mapper", False)


def map_imperatively(registry: Any, cls: Any, local_table: Any, kw: dict[str, Any]) -> Any:
    """Map a class to a table given apart from it."""
    if local_table is None and kw.get("inherits") is None:
        inherits = mapper_of(cls)
        if inherits is None:
            raise ArgumentError(f"class {cls.__name__}: a table is needed to map it, or a mapped class to inherit from")
    if kw.get("inherits") is None:
        for base in cls.__mro__[1:]:
            if is_mapped_class(base) and base.__dict__["__mapper__"].class_ is base:
                if local_table is None:
                    kw["inherits"] = base
                break
    _give_constructor(registry, cls)
    mapper: Any = Mapper(cls, local_table, registry=registry, **kw)
    if "__table__" not in cls.__dict__:
        type.__setattr__(cls, "__table__", mapper.local_table)
        mapper.table_given_to_class = True
    return mapper


def _give_constructor(registry: Any, cls: Any) -> None:
    """A class without an ``__init__`` of its own or inherited gets the registry's."""
    if registry.constructor is not None and cls.__init__ is object.__init__:
        type.__setattr__(cls, "__init__", registry.constructor)


def map_declaratively(registry: Any, cls: Any) -> None:
    """Map a class by its body; do nothing for abstract ones."""
    if cls.__dict__.get("__abstract__", False):
        return
    if is_mapped_class(cls):
        raise InvalidRequestError(
            f"Class '{cls.__module__}.{cls.__qualname__}' already has been instrumented declaratively"
        )
    _give_constructor(registry, cls)
    with scan_values(cls):
        scan = ClassScan(registry, cls)
        scan.collect()
        waits = getattr(cls, "__lect_defer__", None)
        if waits is not None and waits(scan):
            registry._deferred.add(cls)
            return
        scan.finish()


class ClassScan:
    """What one class and its mixins declare, collected and then made into Table and Mapper."""

    def __init__(self, registry: Any, cls: Any) -> None:
        self.registry = registry
        self.cls = cls
        self.name = cls.__name__
        self.tablename: str | None = None
        self.table_args: Any = None
        self.inherited_table_args = False
        self.has_mapper_args = False
        #: name -> declaration, the class's own first
        self.declared: dict[str, Any] = {}
        self.annotated: dict[str, Annotation] = {}
        #: plain expressions and other things that are put into the class as they are
        self.properties: dict[str, Any] = {}
        self.columns: list[tuple[Any, int]] = []
        self.column_names: dict[Any, str] = {}
        #: columns of the table that no attribute stands for
        self.unmapped: set[Any] = set()
        self.allow_unmapped = getattr(cls, "__allow_unmapped__", False)
        self.inherits = self._inherited()
        #: copies of a mixin's columns that the class has while it is declared
        self.shown: dict[str, Any] = {}
        self.dataclass = cls.__dict__.get("_lect_apply_dc_transforms")
        if self.dataclass is None:
            for base in cls.__mro__[1:]:
                self.dataclass = base.__dict__.get("_lect_apply_dc_transforms")
                if self.dataclass is not None:
                    break

    def _inherited(self) -> Any:
        for base in self.cls.__mro__[1:]:
            if is_mapped_class(base) or base.__dict__.get("__lect_deferred__"):
                return base
        return None

    # -- collecting ----------------------------------------------------------------------------------------------------

    def collect(self) -> None:
        """Read the class and its mixins, nearest first."""
        cls = self.cls
        self._dataclass_first()
        for base in cls.__mro__:
            mapped = base is not cls and (is_mapped_class(base) or bool(base.__dict__.get("__lect_deferred__")))
            inherited = base is not cls and self.inherits is not None and issubclass(self.inherits, base)
            members = list(_members(base))
            if base is not cls and not mapped and not inherited:
                # What a mixin computes may refer to its columns (``cls.id``): their copies come first.
                members.sort(key=lambda member: not _is_column_declaration(member[1], member[2], base))
            for name, value, raw in members:
                if name in _DIRECTIVES:
                    self._directive(base, name, value, mapped)
                elif mapped or (inherited and not _cascades(value)):
                    if isinstance(value, declared_attr) and value._cascading:
                        self._member(base, name, value, raw)
                else:
                    self._member(base, name, value, raw)

    def _dataclass_first(self) -> None:
        if self.dataclass is None or (
            "_lect_apply_dc_transforms" not in self.cls.__dict__ and not self._dataclass_inherits()
        ):
            return
        own: dict[str, Any] = {n: v for n, v in self.cls.__dict__.items() if isinstance(v, _MappedAttribute)}
        for name, value in own.items():
            if isinstance(value, declared_attr):
                own[name] = None
        self._dataclass_attributes = own
        make_dataclass(self.cls, self.dataclass, own)

    def _dataclass_inherits(self) -> bool:
        return any("_lect_apply_dc_transforms" in b.__dict__ for b in self.cls.__mro__[1:])

    def _directive(self, base: Any, name: str, value: Any, mapped: bool) -> None:
        cls = self.cls
        declared = isinstance(value, declared_attr)
        if mapped and not declared:
            return
        if declared and value._cascading and name == "__tablename__":
            notices.cascading_tablename(cls)
        if name == "__tablename__" and self.tablename is None:
            self.tablename = getattr(cls, "__tablename__", None)
        elif name == "__table_args__" and self.table_args is None:
            self.table_args = cls.__table_args__
            if not isinstance(self.table_args, tuple | dict | type(None)):
                raise ArgumentError("__table_args__ value must be a tuple, dict, or None")
            self.inherited_table_args = base is not cls
        elif name == "__mapper_args__" and not self.has_mapper_args:
            self.has_mapper_args = True

    def _member(self, base: Any, name: str, value: Any, raw: Any) -> None:
        cls = self.cls
        if _cascades(value) and base is not cls and name in self.declared and name in cls.__dict__:
            if cls.__dict__[name] is not self.shown.get(name):
                notices.cascading_overrides(cls, name)
                del self.declared[name]
                self.annotated.pop(name, None)
                self._declared_attr(base, name, value, raw)
            return
        if name in self.declared or name in self.properties or (name.startswith("__") and name.endswith("__")):
            return
        if base is not cls and _overridden(cls, base, name, value):
            return
        if isinstance(value, declared_attr):
            self._declared_attr(base, name, value, raw)
            return
        mixin = base is not cls
        if isinstance(value, MappedColumn) and mixin:
            _check_copied(value.column)
            value = value.copy()
        elif isinstance(value, Column) and mixin:
            _check_copied(value)
            copy = value._copy()
            copy._creation_order = value._creation_order
            value = copy
        elif isinstance(value, MapperProperty) and mixin and not isinstance(value, _copyable()):
            raise InvalidRequestError(
                "Mapper properties (i.e. deferred, column_property(), relationship(), etc.) must be declared as "
                "@declared_attr "
                "callables on declarative mixin classes.  For dataclass field() objects, use a lambda:"
            )
        self._take(base, name, value, raw)
        if mixin or value is _ABSENT:
            self._show(name)

    def _show(self, name: str) -> None:
        """Let the class have the copy of a mixin's column while it is declared."""
        column = self.declared.get(name)
        if not isinstance(column, MappedColumn | Column) or isinstance(column, UnmappedColumn):
            return
        annotation = self.annotated.get(name)
        if isinstance(column, MappedColumn):
            if annotation is not None:
                column.complete(name, annotation, self.registry, self.cls)
            _name_column(column.column, name)
        else:
            _name_column(column, name)
        self.shown[name] = column
        type.__setattr__(self.cls, name, column)

    def _declared_attr(self, base: Any, name: str, value: declared_attr[Any], raw: Any) -> None:
        cls = self.cls
        if base is cls and value._cascading:
            notices.cascading_ignored(cls)
        made = value.__get__(None, cls)
        hints = getattr(value.fget, "__annotations__", {})
        hint = hints.get("return")
        if isinstance(made, Column | MapperProperty | MappedColumn):
            described = made.column if isinstance(made, MappedColumn) else made
            if value.__doc__ is not None and getattr(described, "doc", None) is None:
                described.doc = value.__doc__
            found = None if hint is None else read_annotation(hint, base)
            if found is None and hint is not None:
                found = _from_declared(hint, base)
            if found is not None:
                self.annotated[name] = found
            if isinstance(made, MappedColumn) and made.column.table is not None:
                made = made.copy()
        self._take(base, name, made, None, declared=True)

    def _take(self, base: Any, name: str, value: Any, raw: Any, declared: bool = False) -> None:
        found = None
        if raw is not None and name not in self.annotated:
            found = read_annotation(raw, base)
            if found is not None:
                self.annotated[name] = found
                if value is _ABSENT:
                    value = _declaration_for(found)
            elif isinstance(value, _MappedAttribute) and not isinstance(value, declared_attr):
                self._plain_annotation(base, name, value, raw)
        self._check_unmapped(name, found, value)
        if name in ("metadata", "registry"):
            self._reserved(base, name, value)
        if value is _ABSENT:
            return
        if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Column | MapperProperty):
            import warnings

            from lect.exc import LectWarning

            warnings.warn(
                f"Ignoring declarative-like tuple value of attribute '{name}': possibly a copy-and-paste error with "
                "a comma "
                "accidentally placed at the end of the line?",
                LectWarning,
                stacklevel=6,
            )
            return
        if isinstance(value, Column | MapperProperty | MappedColumn):
            if isinstance(value, MapperProperty):
                for other, held in list(self.declared.items()):
                    if held is value:
                        notices.property_reassigned(self.cls, other, name)
                        del self.declared[other]
            self.declared[name] = value
        elif declared:
            if getattr(value, "_is_column_element", False):
                notices.not_mapped_expression(self.cls, name)
            if isinstance(value, InspectionAttr) or getattr(value, "is_clause_element", False) or value is not None:
                self.properties[name] = value
        elif getattr(value, "_lect_instrumented_column", False) or _is_mapped_attribute(value, base, self.cls):
            # ``name = OtherClass.attribute`` within a class: the column of that attribute.
            if base is self.cls:
                self.declared[name] = _synonym_or_column(name, value, self.cls)
        elif getattr(value, "_is_column_element", False):
            notices.not_mapped_expression(base, name)

    def _check_unmapped(self, name: str, found: Annotation | None, value: Any) -> None:
        """Refuse ``Unmapped[]`` without ``unmapped_column()``, and the other way round."""
        said = found is not None and found.container is Unmapped
        if said and not isinstance(value, UnmappedColumn):
            raise ArgumentError(
                f'Attribute "{self.name}.{name}" uses the Unmapped[] annotation, which must be used with '
                f"unmapped_column(), not with {value!r}"
            )
        if found is not None and not said and isinstance(value, UnmappedColumn):
            raise ArgumentError(
                f'Attribute "{self.name}.{name}" uses unmapped_column() with the Mapped[] annotation; use Unmapped[] '
                "for a column without attribute, or mapped_column()"
            )

    def _reserved(self, base: Any, name: str, value: Any) -> None:
        expected = isinstance(value, MetaData) if name == "metadata" else base is not self.cls
        if value is not _ABSENT and not expected:
            notices.reserved_name(self.cls, name)

    def _plain_annotation(self, base: Any, name: str, value: Any, raw: Any) -> None:
        if _is_proxy_annotation(raw):
            return
        found = None if getattr(value, "is_synonym", False) else read_annotation(raw, base, allow_plain=True)
        if self.allow_unmapped or (self.dataclass is not None and not isinstance(value, MappedColumn | MapperProperty)):
            if found is not None and not isinstance(value, MappedColumn):
                self.annotated.setdefault(name, found)
            return
        raise MappedAnnotationError(
            f'Type annotation for "{self.name}.{name}" can\'t be correctly interpreted for Annotated Declarative '
            "Table form.  ORM "
            "annotations should normally make use of the ``Mapped[]`` generic type, or other ORM-compatible generic "
            "type, as a "
            "container for the actual type, which indicates the intent that the attribute is mapped. Class "
            "variables that are not "
            "intended to be mapped by the ORM should use ClassVar[].  To allow Annotated Declarative to disregard "
            "legacy "
            'annotations which don\'t use Mapped[] to pass, set "__allow_unmapped__ = True" on the class or a '
            "superclass this class."
        )

    # -- finishing -----------------------------------------------------------------------------------------------------

    def finish(self) -> Any:
        """Make the table and the mapper."""
        self._complete()
        table = self._table()
        made = self._mapper(table)
        for name, column in self.shown.items():
            if self.cls.__dict__.get(name) is column:  # left out of the mapping
                type.__delattr__(self.cls, name)
        return made

    def _complete(self) -> None:
        cls = self.cls
        notices.check_multiple_names(cls, self.declared)
        for name, value in list(self.declared.items()):
            annotation = self.annotated.get(name)
            self._check_dataclass_options(name, value)
            if isinstance(value, MappedColumn):
                if annotation is not None:
                    value.complete(name, annotation, self.registry, cls)
                elif not value.type_given and value.column.type is NULLTYPE and not value.column.foreign_keys:
                    self._annotation_required(name, "MappedColumn")
                if isinstance(value, UnmappedColumn):
                    self._unmapped_column(name, value)
                    continue
                self._column(name, value.column, value.sort_order, value)
                prop = value.mapper_property_to_assign
                if prop is not None:
                    self.properties[name] = prop
            elif isinstance(value, Column):
                self._column(name, value, 0, None)
            else:
                if annotation is not None:
                    _complete_property(value, annotation, cls, name, self)
                if getattr(value, "is_relationship", False) and value.argument is None:
                    self._annotation_required(name, "Relationship")
                self._property_columns(name, value)
                self.properties[name] = value

    def _check_dataclass_options(self, name: str, value: Any) -> None:
        """Refuse what only dataclasses understand on a class that is none."""
        options = getattr(value, "attribute_options", None)
        if options is None or self.dataclass is not None:
            return
        given = [n for n in DATACLASS_ONLY if getattr(options, n, NO_ARG) is not NO_ARG]
        if given:
            raise ArgumentError(
                f"Attribute {name!r} on class {self.cls!r} includes dataclasses argument(s): "
                f"{', '.join(repr(n) for n in given)} but class does not specify a dataclass configuration; derive it, "
                "or its base, from MappedAsDataclass"
            )

    def _annotation_required(self, name: str, construct: str) -> None:
        raise ArgumentError(
            f'Python typing annotation is required for attribute "{self.name}.{name}" when primary argument(s) for '
            f'"{construct}" construct are None or not present'
        )

    def _unmapped_column(self, name: str, value: UnmappedColumn) -> None:
        cls = self.cls
        if value.mapping_arguments:
            raise ArgumentError(
                f'Attribute "{self.name}.{name}" is not mapped, and does not accept the argument(s) '
                f"{', '.join(repr(a) for a in value.mapping_arguments)}"
            )
        self._column(name, value.column, value.sort_order, value)
        self.properties.pop(name, None)
        self.unmapped.add(value.column)
        if name in cls.__dict__:
            type.__delattr__(cls, name)

    def _property_columns(self, name: str, value: Any) -> None:
        if isinstance(value, ColumnProperty):
            columns = value.columns
        elif value.is_composite:
            columns = _composite_columns(self, name, value)
        else:
            return
        for position, column in enumerate(columns):
            if isinstance(column, MappedColumn):
                self._column(None, column.column, column.sort_order, None)
                columns[position] = column.column
            elif isinstance(column, Column) and column.table is None:
                own = self.column_names.get(column)
                if own is None:
                    self._column(name if isinstance(value, ColumnProperty) else None, column, 0, None)

    def _column(self, key: str | None, column: Any, sort_order: int, declared: MappedColumn | None) -> None:
        if column.name is None and key is not None:
            column.name = _name(key)
            if column.key is None:
                column.key = column.name
        elif column.key is None and column.name is not None:
            column.key = column.name
        if column.table is not None:
            self.properties[key or column.key] = column
            return
        if key is not None:
            self.column_names.setdefault(column, key)
            if key != column.key:
                self.properties.setdefault(key, column)
        else:
            self.column_names.setdefault(column, column.key)
        self.columns.append((column, sort_order))

    def _table(self) -> Any:
        cls = self.cls
        given = cls.__dict__.get("__table__")
        if given is None and not self.tablename:
            for base in cls.__mro__[1:]:
                if not is_mapped_class(base) and "__table__" in base.__dict__:
                    given = getattr(cls, "__table__", None)
                    break
        if isinstance(given, declared_attr):
            given = cls.__table__
        ordered = [c for c, _ in sorted(self.columns, key=lambda pair: pair[1])]
        if given is None and self.tablename is not None:
            return self._make_table(ordered)
        if given is not None:
            self._check_given(given, ordered)
            type.__setattr__(cls, "__table__", given)
            return given
        if self.inherits is None:
            raise InvalidRequestError(
                f"Class {cls!r} does not have a __table__ or __tablename__ specified and does not inherit from an "
                "existing "
                "table-mapped class."
            )
        self._into_inherited_table(ordered)
        return None

    def _make_table(self, ordered: list[Any]) -> Any:
        cls = self.cls
        args: tuple[Any, ...] = ()
        kw: dict[str, Any] = {}
        if isinstance(self.table_args, dict):
            kw = dict(self.table_args)
        elif isinstance(self.table_args, tuple):
            args = self.table_args
            if args and isinstance(args[-1], dict):
                args, kw = args[:-1], dict(args[-1])
        autoload_with = getattr(cls, "__autoload_with__", None)
        if autoload_with is not None:
            kw["autoload_with"] = autoload_with
        make: Any = getattr(cls, "__table_cls__", Table)
        metadata = next(
            (b.__dict__["metadata"] for b in cls.__mro__ if isinstance(b.__dict__.get("metadata"), MetaData)),
            self.registry.metadata,
        )
        table = make(self.tablename, metadata, *_unique(ordered), *args, **kw)
        type.__setattr__(cls, "__table__", table)
        return table

    def _check_given(self, table: Any, ordered: list[Any]) -> None:
        for given in ordered:
            column: Any = given
            if column.name not in table.c and column.key not in table.c:
                raise ArgumentError(f"Can't add additional column {column.key!r} when specifying __table__")
            key = self.column_names.get(column)
            name = column.key
            if key is not None and self.properties.get(key) is column:
                self.properties[key] = table.c[name]
            elif key is not None and isinstance(self.properties.get(key), ColumnProperty):
                prop: Any = self.properties[key]
                prop.columns[0] = table.c[column.key]

    def _into_inherited_table(self, ordered: list[Any]) -> None:
        """Single-table inheritance: columns declared here are columns of the base's table."""
        cls = self.cls
        if not ordered:
            if self.table_args and not self.inherited_table_args:
                raise ArgumentError("Can't place __table_args__ on an inherited class with no table.")
            return
        if self.table_args and not self.inherited_table_args:
            raise ArgumentError("Can't place __table_args__ on an inherited class with no table.")
        parent = mapper_of(self.inherits)
        table = parent.local_table
        for column in ordered:
            if column.primary_key:
                raise ArgumentError("Can't place primary key columns on an inherited class with no table.")
            key = self.column_names[column]
            if column.name in table.c:
                existing = table.c[column.name]
                declared = self.declared.get(key)
                reuse = isinstance(declared, MappedColumn) and declared.use_existing_column
                if existing is column:
                    continue
                if reuse:
                    self._reuse(key, column, existing)
                    continue
                raise ArgumentError(
                    f"Column '{column.name}' on class {cls.__name__} conflicts with existing column '{existing}'.  "
                    "If using Declarative, "
                    "consider using the use_existing_column parameter of mapped_column() to resolve conflicts."
                )
            if not isinstance(table, Table):
                raise ArgumentError(
                    f"Can't declare columns on single-table-inherited subclass {cls}; superclass {self.inherits} is "
                    "not mapped to a Table"
                )
            table.append_column(column)
            for mapper in parent.base_mapper.self_and_descendants:
                if mapper.local_table is table:
                    mapper.cols_by_table[table] = tuple(table.c)

    def _reuse(self, key: str, column: Any, existing: Any) -> None:
        for name, value in list(self.properties.items()):
            if value is column:
                self.properties[name] = existing
            elif isinstance(value, ColumnProperty) and value.columns[0] is column:
                value.columns[0] = existing
        self.properties.setdefault(key, existing)

    def _mapper(self, table: Any) -> Any:
        cls = self.cls
        args = dict(cls.__mapper_args__) if self.has_mapper_args else {}
        if "properties" in args:
            self.properties = {**args.pop("properties"), **self.properties}
        for name in ("version_id_col", "polymorphic_on"):
            if name in args:
                args[name] = self._own_column(args[name])
        if "primary_key" in args and args["primary_key"] is not None:
            args["primary_key"] = [self._own_column(c) for c in _listed(args["primary_key"])]
        for name in ("include_properties", "exclude_properties"):
            if name in args and args[name] is not None:
                args[name] = list(args[name])
        if "inherits" in args:
            inherits = args.pop("inherits")
            found = inherits if getattr(inherits, "is_mapper", False) else mapper_of(inherits)
            if self.inherits is not None and not issubclass(cls, found.class_):
                raise InvalidRequestError(f"mapper inherits argument given for non-inheriting class {cls}")
            parent: Any = found
        else:
            parent = self.inherits
        concrete = args.get("concrete", False)
        chosen = bool(args.get("exclude_properties"))
        if parent is not None and not concrete:
            self._exclude_columns_of_others(parent, args, single=table is None)
        if self.unmapped:
            type.__setattr__(cls, "_lect_unmapped", frozenset(self.unmapped))
        make = getattr(cls, "__mapper_cls__", Mapper)
        for name, value in self.properties.items():
            if not isinstance(value, MapperProperty | Column) and not getattr(value, "is_clause_element", False):
                type.__setattr__(cls, name, value)
        properties = {
            name: value
            for name, value in self.properties.items()
            if isinstance(value, MapperProperty | Column) or getattr(value, "is_clause_element", False)
        }
        if make.__init__ is Mapper.__init__:
            self._check_mapper_args(args)
        made = make(cls, table, inherits=parent, properties=properties, registry=self.registry, **args)
        if (chosen or args.get("include_properties") is not None) and getattr(made, "is_mapper", False):
            self._check_excluded(made)
        return made

    def _check_mapper_args(self, args: dict[str, Any]) -> None:
        known = Mapper.__init__.__code__.co_varnames
        for name in args:
            if name not in known:
                raise ArgumentError(
                    f"__mapper_args__ of class {self.cls.__name__} has {name!r}, which is no argument of a mapper"
                    f"{nearest(name, known)}"
                )

    def _check_excluded(self, mapper: Any) -> None:
        """Warn of columns declared in the class that the mapper's arguments leave out."""
        for name, value in self.declared.items():
            if isinstance(value, UnmappedColumn) or not isinstance(value, MappedColumn | Column):
                continue
            column = value.column if isinstance(value, MappedColumn) else value
            prop = mapper.column_to_prop.get(column)
            left_out = mapper.exclude_properties or ()
            if prop is None or column.name in left_out or column in left_out:
                notices.declared_but_excluded(self.cls, name)

    def _exclude_columns_of_others(self, parent: Any, args: dict[str, Any], single: bool) -> None:
        """A class has the columns of its bases and its own, not those that single-table classes beside it have added
        to a table of its bases.
        """
        if "exclude_properties" in args or args.get("include_properties") is not None:
            return
        mapper = parent if getattr(parent, "is_mapper", False) else mapper_of(parent)
        known = {c for m in mapper.iterate_to_root() for c in m.column_to_prop}
        added = {c for m in mapper.base_mapper.self_and_descendants if m.single for c in m.column_to_prop}
        excluded: set[Any] = {c for table in mapper.tables for c in table.c if c not in known and c in added}
        if single:
            own = {id(c) for c in self.column_names}
            own |= {id(v) for v in self.properties.values() if isinstance(v, Column)}
            own |= {id(c) for v in self.properties.values() if isinstance(v, ColumnProperty) for c in v.columns}
            excluded = {c for c in excluded if id(c) not in own}
            excluded |= {c.key for c in mapper.local_table.c if c not in known and id(c) not in own}
        if excluded:
            args["exclude_properties"] = excluded

    def _own_column(self, value: Any) -> Any:
        if isinstance(value, MappedColumn):
            return value.column if value.column.table is not None else self._find(value.column)
        if isinstance(value, Column) and value.table is None:
            return self._find(value)
        return value

    def _find(self, column: Any) -> Any:
        table = getattr(self.cls, "__table__", None)
        name = column.name
        if name is None:
            for key, declared in self.cls.__dict__.items():
                if declared is column or getattr(declared, "column", None) is column:
                    name = key
        for base in self.cls.__mro__:
            for key, declared in base.__dict__.items():
                if declared is column or getattr(declared, "column", None) is column:
                    name = key
        if table is not None and name in table.c:
            return table.c[name]
        return column


_ABSENT: Any = object()


def _members(base: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield ``(name, value or _ABSENT, annotation or None)`` of a class body, in the order in which it was written."""
    annotations = annotations_of(base)
    waiting = list(annotations)
    for name, value in list(base.__dict__.items()):
        if name in annotations and name in waiting:
            while waiting and waiting[0] != name:
                other = waiting.pop(0)
                if other not in base.__dict__:
                    yield other, _ABSENT, annotations[other]
            if name in waiting:
                waiting.remove(name)
        yield name, value, annotations.get(name)
    for other in waiting:
        if other not in base.__dict__:
            yield other, _ABSENT, annotations[other]


def _check_copied(column: Any) -> None:
    """Refuse a foreign key to another column of the mixin itself: the copy would refer to the original."""
    for fk in column.foreign_keys:
        target = fk._colspec
        target = target.column if isinstance(target, MappedColumn) else target
        if isinstance(target, Column) and target.table is None:
            raise InvalidRequestError(
                "Columns with foreign keys to non-table-bound columns must be declared as @declared_attr callables on "
                "declarative mixin classes, where the column is cls.<name>.  For dataclass field() objects, use a "
                "lambda:."
            )


def _is_column_declaration(value: Any, raw: Any, base: Any) -> bool:
    if value is _ABSENT:
        return raw is not None and isinstance(_declared_by(raw, base), MappedColumn)
    return isinstance(value, MappedColumn | Column)


def _declared_by(raw: Any, base: Any) -> Any:
    annotation = read_annotation(raw, base)
    return None if annotation is None else _declaration_for(annotation)


def _cascades(value: Any) -> bool:
    return isinstance(value, declared_attr) and value._cascading


def _copyable() -> Any:
    from lect_orm.mapping.descriptor_properties import CompositeProperty

    del CompositeProperty
    return ()


def _overridden(cls: Any, base: Any, name: str, value: Any) -> bool:
    """Whether a class nearer than `base` has something else under the name."""
    for nearer in cls.__mro__:
        if nearer is base:
            return False
        if _cascades(value) and is_mapped_class(nearer):
            continue
        if name in nearer.__dict__ and not isinstance(nearer.__dict__[name], property):
            own = nearer.__dict__[name]
            return not (name in annotations_of(nearer) and own is value)
        if name in nearer.__dict__:
            return True
    return False


def _is_mapped_attribute(value: Any, base: Any, cls: Any) -> bool:
    return bool(getattr(value, "is_attribute", False)) and hasattr(value, "prop") and hasattr(value, "_parententity")


def _synonym_or_column(name: str, value: Any, cls: Any) -> Any:
    prop = value.prop
    if name != prop.key and prop.parent is not None and issubclass(cls, prop.parent.class_):
        from lect_orm.mapping.descriptor_properties import SynonymProperty

        return SynonymProperty(prop.key)
    return prop.columns[0] if getattr(prop, "is_column", False) else prop


def _declaration_for(annotation: Annotation) -> Any:
    """Return what ``name: Mapped[...]`` without a value declares."""
    from lect_orm.mapping.mapped_column import MappedColumn as Made

    for extra in annotation.extras:
        if isinstance(extra, MapperProperty):
            return extra
    if annotation.container is Unmapped:
        return UnmappedColumn()
    if annotation.container is not None and getattr(annotation.container, "collection_strategy", None):
        from lect_orm.mapping.factories import relationship

        return relationship()
    return Made()


def _from_declared(hint: Any, base: Any) -> Annotation | None:
    import typing

    origin = typing.get_origin(hint)
    if isinstance(origin, type) and issubclass(origin, declared_attr):
        args = typing.get_args(hint)
        return None if not args else read_annotation(args[0], base)
    return None


def _is_proxy_annotation(raw: Any) -> bool:
    text = raw if isinstance(raw, str) else getattr(raw, "__name__", str(raw))
    return "AssociationProxy" in text


def _complete_property(prop: Any, annotation: Annotation, cls: Any, name: str, scan: ClassScan) -> None:
    """Let the annotation complete a relationship or composite."""
    if getattr(prop, "is_relationship", False):
        target, collection, uselist = relationship_target(annotation, cls, name)
        strategy = getattr(annotation.container, "collection_strategy", None)
        if strategy is not None and prop.lazy == "select":
            prop.lazy = prop.strategy = strategy
        if prop.argument is None:
            if target is None or (not isinstance(target, str | type) and not hasattr(target, "_lect_aliased")):
                raise ArgumentError(
                    f"relationship {cls.__name__}.{name}: no class can be read from {annotation.raw!r}; give it as "
                    "argument"
                )
            prop.argument = target
        if prop.uselist is None:
            prop.uselist = uselist
        if prop.collection_class is None and collection is not None and collection is not list:
            if isinstance(collection, type) and issubclass(collection, dict) and collection is dict:
                pass
            prop.collection_class = collection
    elif prop.is_composite and prop.composite_class is None:
        kind = annotation.python_type
        if isinstance(kind, str):
            raise ArgumentError(
                f"Can't use string annotation {kind!r} for composite {cls.__name__}.{name}; the class must be known"
            )
        prop.composite_class = kind
        prop.optional = annotation.optional


def _composite_columns(scan: ClassScan, name: str, prop: Any) -> list[Any]:
    """Return the columns declared inside of a composite, making those that its class's annotations imply."""
    if not prop.attrs and prop.composite_class is not None:
        import dataclasses

        if dataclasses.is_dataclass(prop.composite_class):
            prop.attrs = tuple(MappedColumn() for _ in dataclasses.fields(prop.composite_class))
        else:
            raise ArgumentError(
                "Composite class column arguments must be named unless a dataclass is used "
                f"({scan.cls.__name__}.{name})"
            )
    attrs = list(prop.attrs)
    unnamed = [a for a in attrs if isinstance(a, MappedColumn) and (a.column.name is None or not a.type_given)]
    if unnamed and prop.composite_class is not None:
        _name_composite_columns(scan, prop, attrs)
    found = [a.column if isinstance(a, MappedColumn) else a for a in attrs if isinstance(a, MappedColumn | Column)]
    prop.attrs = tuple(a.column if isinstance(a, MappedColumn) else a for a in attrs)
    return found


def _name_composite_columns(scan: ClassScan, prop: Any, attrs: list[Any]) -> None:
    cls = prop.composite_class
    fields = getattr(cls, "__dataclass_fields__", None)
    if fields is not None:
        members = [(n, f.type) for n, f in fields.items() if f.init]
    else:
        import inspect

        parameters = list(inspect.signature(cls.__init__).parameters.items())[1:]
        members = [(n, p.annotation if p.annotation is not inspect.Parameter.empty else None) for n, p in parameters]
    for (member, kind), attr in zip(members, attrs, strict=False):
        if not isinstance(attr, MappedColumn):
            continue
        if attr.column.name is None:
            attr.column.name = attr.column.key = member
        if kind is not None:
            found = read_annotation(kind, cls, allow_plain=True)
            if found is not None:
                if getattr(prop, "optional", False) and not attr.has_nullable:
                    found.optional = True
                attr.complete(member, found, scan.registry, scan.cls)


def _unique(columns: list[Any]) -> list[Any]:
    return list({id(c): c for c in columns}.values())


def _name(key: str) -> Any:
    from lect.sql.names import quoted_name

    return quoted_name(key, None)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set) else [value]


# -- attributes of a class that is mapped already
# -----------------------------------------------------------------------------


def add_attribute(cls: Any, key: str, value: Any) -> None:
    """Map an attribute assigned to a mapped class."""
    mapper = cls.__dict__["__mapper__"]
    if isinstance(value, UnmappedColumn):
        _name_column(value.column, key)
        type.__setattr__(cls, "_lect_unmapped", cls.__dict__.get("_lect_unmapped", frozenset()) | {value.column})
        _append_column(cls, value.column)
    elif isinstance(value, MappedColumn):
        prop = value.mapper_property_to_assign
        column = value.column
        _name_column(column, key)
        _append_column(cls, column)
        mapper.add_property(key, prop if prop is not None else column)
    elif isinstance(value, Column):
        _name_column(value, key)
        _append_column(cls, value)
        mapper.add_property(key, value)
    elif isinstance(value, ColumnProperty):
        for column in value.columns:
            if isinstance(column, Column) and column.table is None:
                _name_column(column, key)
                _append_column(cls, column)
        mapper.add_property(key, value)
    elif isinstance(value, MapperProperty):
        mapper.add_property(key, value)
    elif _is_mapped_attribute(value, None, cls) and getattr(value, "key", key) != key and value.prop.parent is mapper:
        from lect_orm.mapping.descriptor_properties import SynonymProperty

        mapper.add_property(key, SynonymProperty(value.key))
    else:
        type.__setattr__(cls, key, value)
        mapper.memo.clear()


def _name_column(column: Any, key: str) -> None:
    """Name a column by its attribute where it has no name of its own."""
    if column.name is None:
        column.name = _name(key)
    if column.key is None:
        column.key = column.name


def _append_column(cls: Any, column: Any) -> None:
    if column.table is None:
        table = cls.__table__
        table.append_column(column, replace_existing=True)
        for mapper in cls.__mapper__.base_mapper.self_and_descendants:
            if table in mapper.cols_by_table:
                mapper.cols_by_table[table] = tuple(table.c)


def del_attribute(cls: Any, key: str) -> None:
    """Refuse to take a mapped attribute away; let anything else go."""
    value = cls.__dict__.get(key)
    if (
        key in cls.__dict__
        and is_mapped_class(cls)
        and isinstance(value, InspectionAttr)
        and key in cls.__mapper__._props
    ):
        raise NotImplementedError("Can't un-map individual mapped attributes on a mapped class.")
    type.__delattr__(cls, key)
    cls.__mapper__.memo.clear()
