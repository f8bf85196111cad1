"""Acts that Discord's own client refuses."""

from __future__ import annotations


class Refused(Exception):
    """Discord's client would send nothing; the text says why."""
