"""What the pages of dues show."""
