"""Motions as pages and duties need them."""
