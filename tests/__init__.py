"""Questions about the whole repository."""
