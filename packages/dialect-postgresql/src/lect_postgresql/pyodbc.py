"""The pairing with the shared ODBC connector: what only PostgreSQL's ODBC driver (psqlODBC) needs to be told."""
