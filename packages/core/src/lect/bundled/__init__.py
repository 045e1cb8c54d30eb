"""Plugins that come with core; each is imported when an engine asks for it by name."""
