"""SELECTs of mapped classes: entities in statements, their translation to plain SQL, and the legacy Query."""
