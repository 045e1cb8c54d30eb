"""Loading strategies of relationships and columns, one per module."""
