"""PostgreSQL for Lect."""
