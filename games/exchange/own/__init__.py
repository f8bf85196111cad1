"""Cells and series as our own exports write them and read them back."""
