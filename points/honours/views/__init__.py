"""Pages of 评比表彰, by noun."""
