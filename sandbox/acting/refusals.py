"""What Discord's client would not let a person do."""

from __future__ import annotations


class Refused(Exception):
    """The client refuses before anything is sent; the text says why."""
