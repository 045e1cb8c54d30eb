"""What ``pytest --pyargs lect_compliance --lect-url=...`` collects: the whole suite."""

from lect_compliance.suite import *  # noqa: F403
