"""Microsoft SQL Server for Lect."""
