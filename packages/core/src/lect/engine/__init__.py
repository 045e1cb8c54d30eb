"""Engines, connections, transactions and results."""
