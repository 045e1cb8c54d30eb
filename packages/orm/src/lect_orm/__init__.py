"""Object-relational mapper on top of Lect."""
