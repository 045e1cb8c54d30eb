"""Events of mapped classes, their attributes and their instances, and of sessions."""
