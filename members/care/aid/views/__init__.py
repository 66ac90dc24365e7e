"""Pages of 困难救助."""
