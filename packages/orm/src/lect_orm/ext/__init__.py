"""Extensions: hybrids, association proxies, mutable values, ordering lists, automap, sharding and others."""
