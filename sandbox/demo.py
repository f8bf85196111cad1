"""A guild to play with when there is none."""

from __future__ import annotations

from sandbox.core import Sandbox


def create_demo(box: Sandbox) -> None:
    return None
