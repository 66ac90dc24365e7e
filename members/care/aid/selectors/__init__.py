"""What the pages of 困难救助 read."""
