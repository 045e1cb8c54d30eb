"""The pytest plugin of the compliance suite."""
