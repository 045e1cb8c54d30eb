"""The test-suite every Lect dialect runs."""
