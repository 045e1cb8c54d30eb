"""SQLite for Lect."""
