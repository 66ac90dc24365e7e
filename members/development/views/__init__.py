"""Pages of 发展党员."""
