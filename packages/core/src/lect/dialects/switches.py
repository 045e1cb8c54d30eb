"""Facts of a dialect as plain attributes, to be read and set one by one on a dialect that was made by hand.

Everything inside Lect reads :class:`~lect.dialects.capabilities.Capabilities`. These attributes are for people who
compile statements for a server that lacks something: ``dialect = DefaultDialect(); dialect.supports_native_boolean =
False``. A dialect in an engine is settled; leave it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lect.dialects.variants import BooleanConstants, CteInDml, DefaultRow, Returning

if TYPE_CHECKING:
    from lect.compile.identifiers import IdentifierPreparer
    from lect.dialects.capabilities import Capabilities

__all__ = ["POSITIONAL", "Switches"]

#: Paramstyles whose parameters are a sequence.
POSITIONAL = frozenset({"format", "numeric", "numeric_dollar", "qmark"})


def _flag(field: str, meaning: str) -> Any:
    """Return a property over a capability that is a truth value."""

    def get(self: Switches) -> bool:
        return bool(getattr(self.capabilities, field))

    def put(self: Switches, value: bool) -> None:
        self.capabilities = self.capabilities.replace(**{field: bool(value)})

    return property(get, put, doc=meaning)


def _returning(field: str, meaning: str) -> Any:
    """Return a property over a capability that says which rows RETURNING gives."""

    def get(self: Switches) -> bool:
        return getattr(self.capabilities, field) is not Returning.NONE

    def put(self: Switches, value: bool) -> None:
        if value is not get(self):
            self.capabilities = self.capabilities.replace(**{field: Returning.UNORDERED if value else Returning.NONE})

    return property(get, put, doc=meaning)


class Switches:
    """The attributes; a part of :class:`lect.dialects.contract.Dialect`."""

    capabilities: Capabilities
    identifiers: IdentifierPreparer
    paramstyle: str

    supports_multivalues_insert = _flag("multi_values", "``VALUES (…), (…)`` inserts several rows.")
    supports_sequences = _flag("sequences", "CREATE SEQUENCE exists.")
    supports_identity_columns = _flag("identity_columns", "GENERATED … AS IDENTITY exists.")
    supports_native_enum = _flag("native_enum", "Enumerations are types of the server's own.")
    supports_native_uuid = _flag("native_uuid", "UUIDs are a type of the server's own.")
    supports_default_metavalue = _flag("default_in_values", "``VALUES (DEFAULT)`` writes a column's default.")
    insert_returning = _returning("insert_returning", "INSERT gives rows with RETURNING.")
    update_returning = _returning("update_returning", "UPDATE gives rows with RETURNING.")
    delete_returning = _returning("delete_returning", "DELETE gives rows with RETURNING.")

    @property
    def supports_native_boolean(self) -> bool:
        """Truth values are a type of the server's own, with the constants ``true`` and ``false``."""
        return self.capabilities.native_boolean

    @supports_native_boolean.setter
    def supports_native_boolean(self, value: bool) -> None:
        constants = BooleanConstants.TRUE_FALSE if value else BooleanConstants.COMPARISON
        self.capabilities = self.capabilities.replace(native_boolean=bool(value), boolean_constants=constants)

    @property
    def supports_default_values(self) -> bool:
        """``INSERT INTO t DEFAULT VALUES`` inserts a row of defaults."""
        return self.capabilities.default_row is DefaultRow.DEFAULT_VALUES

    @supports_default_values.setter
    def supports_default_values(self, value: bool) -> None:
        self._set_default_row(DefaultRow.DEFAULT_VALUES, value)

    @property
    def supports_empty_insert(self) -> bool:
        """A row of defaults can be inserted in one form or another."""
        return self.capabilities.default_row is not DefaultRow.NONE

    @supports_empty_insert.setter
    def supports_empty_insert(self, value: bool) -> None:
        if value is not self.supports_empty_insert:
            self._set_default_row(DefaultRow.EMPTY_VALUES, value)

    def _set_default_row(self, form: DefaultRow, value: bool) -> None:
        if value:
            self.capabilities = self.capabilities.replace(default_row=form)
        elif self.capabilities.default_row is form or form is DefaultRow.EMPTY_VALUES:
            self.capabilities = self.capabilities.replace(default_row=DefaultRow.NONE)

    @property
    def cte_follows_insert(self) -> bool:
        """``INSERT INTO t WITH a AS (…) SELECT …`` rather than ``WITH a AS (…) INSERT INTO t SELECT …``."""
        return self.capabilities.cte_in_dml is CteInDml.BEFORE_SELECT

    @cte_follows_insert.setter
    def cte_follows_insert(self, value: bool) -> None:
        form = CteInDml.BEFORE_SELECT if value else CteInDml.BEFORE_STATEMENT
        self.capabilities = self.capabilities.replace(cte_in_dml=form)

    @property
    def max_identifier_length(self) -> int:
        """Longest name the server takes, in characters."""
        return self.identifiers.max_identifier_length

    @max_identifier_length.setter
    def max_identifier_length(self, value: int) -> None:
        self.identifiers.max_identifier_length = value

    @property
    def positional(self) -> bool:
        """Whether parameters are passed as sequences."""
        return self.paramstyle in POSITIONAL

    @positional.setter
    def positional(self, value: bool) -> None:
        if value is not self.positional:
            self.paramstyle = "qmark" if value else "named"
