"""How fast: the raw driver, Lect and SQLAlchemy do the same work in processes of their own, round by round."""
