"""What the pages and duties of planning read."""
