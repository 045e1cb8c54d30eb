"""The unit of work: what a flush does, in three steps.

Plan (what has to be saved and deleted, who depends on whom), order (mappers sorted once per set of mappers; cycles
broken down to rows), write (batches).
"""
