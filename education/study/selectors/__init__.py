"""What the pages of study read."""
