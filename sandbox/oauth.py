"""OAuth 2: choosing who you are, codes, tokens."""

from __future__ import annotations

from aiohttp import web


def add_oauth(app: web.Application) -> None:
    return None
