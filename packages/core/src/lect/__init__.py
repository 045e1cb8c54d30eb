"""SQL toolkit whose database dialects are plugins: the core."""
