"""The two views of the log-in: redirect to Discord, and callback with a code."""

from typing import Any

from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2Adapter,
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guilds.discord_login import api


class DiscordFailed(ProviderException):  # type: ignore[misc]
    """Discord's part of the log-in failed. `status` is that of Discord's answer."""

    def __init__(self, error: api.DiscordError) -> None:
        super().__init__(str(error))
        self.status = error.status


class DiscordAdapter(OAuth2Adapter):  # type: ignore[misc]
    provider_id = "discord"
    access_token_url = f"{settings.DISCORD_BASE_URL}/api/oauth2/token"
    authorize_url = f"{settings.DISCORD_BASE_URL}/oauth2/authorize"

    def get_callback_url(self, _request: HttpRequest, _app: Any) -> str:
        """Return the address registered with Discord, whichever host the browser used."""
        return f"{settings.SITE_URL}{reverse('discord_callback')}"

    def get_access_token_data(
        self, request: HttpRequest, app: Any, _client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        try:
            return api.exchange_code(
                code=request.GET["code"],
                redirect_uri=self.get_callback_url(request, app),
                code_verifier=pkce_code_verifier,
            )
        except api.DiscordError as error:
            raise DiscordFailed(error) from None

    def complete_login(
        self, request: HttpRequest, _app: Any, token: SocialToken, **_kwargs: Any
    ) -> SocialLogin:
        try:
            profile = api.get_profile(token.token)
        except api.DiscordError as error:
            raise DiscordFailed(error) from None
        return self.get_provider().sociallogin_from_response(request, profile)


oauth2_login = require_POST(never_cache(OAuth2LoginView.adapter_view(DiscordAdapter)))
oauth2_callback = require_GET(never_cache(OAuth2CallbackView.adapter_view(DiscordAdapter)))
