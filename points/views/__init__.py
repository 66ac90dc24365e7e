"""Pages of points, by noun."""
