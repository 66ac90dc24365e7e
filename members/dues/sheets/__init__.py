"""Dues from a spreadsheet: what it says, read and checked, before anything is written."""
