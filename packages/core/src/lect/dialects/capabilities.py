"""What a database can do, as facts: one frozen object read by the compiler, the engine and the compliance suite."""
