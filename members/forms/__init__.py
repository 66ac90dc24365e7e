"""Forms of members, by noun."""
