"""Relationships between mapped classes: how rows of two tables belong together."""
