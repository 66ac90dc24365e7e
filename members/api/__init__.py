"""The API of members, by noun."""
