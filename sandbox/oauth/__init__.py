"""OAuth 2: the consent page, codes and tokens."""

from __future__ import annotations

from aiohttp import web

from sandbox.oauth.consent import answer_consent, show_consent
from sandbox.oauth.tokens import exchange_token, revoke_token


def add_oauth(app: web.Application) -> None:
    """Add the authorize page and the token endpoints at every address Discord answers on."""
    for base in ("", "/api", "/api/v10"):
        app.router.add_get(f"{base}/oauth2/authorize", show_consent)
        app.router.add_post(f"{base}/oauth2/authorize", answer_consent)
        app.router.add_post(f"{base}/oauth2/token", exchange_token)
        app.router.add_post(f"{base}/oauth2/token/revoke", revoke_token)
