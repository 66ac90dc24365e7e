"""Reads of points, by noun."""
