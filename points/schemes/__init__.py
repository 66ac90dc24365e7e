"""Schemes that ship with the portal, as data."""
