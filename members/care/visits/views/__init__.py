"""Pages of 走访帮扶, by noun."""
