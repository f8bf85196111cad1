"""Measurements on a full database; see `docs/architecture.md`."""
