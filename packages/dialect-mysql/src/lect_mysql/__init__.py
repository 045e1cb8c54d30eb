"""MySQL and MariaDB for Lect."""
