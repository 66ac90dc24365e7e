"""What the pages of 季度公示 read."""
