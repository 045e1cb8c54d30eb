"""One PyODBC connector for every Lect dialect."""
