"""The contract between core and its plugins: dialects, connectors, pairings and what they can do."""
