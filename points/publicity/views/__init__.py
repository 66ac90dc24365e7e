"""Pages of 季度公示."""
