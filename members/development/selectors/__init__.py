"""Reads of 发展党员."""
