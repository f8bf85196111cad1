"""The Discord provider for allauth, whose addresses and scopes no visitor can change."""

from typing import Any

from allauth.socialaccount.providers.base import AuthProcess, ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest

from guilds.discord_login.views import DiscordAdapter


class DiscordAccount(ProviderAccount):  # type: ignore[misc]
    pass


class DiscordProvider(OAuth2Provider):  # type: ignore[misc]
    id = "discord"
    name = "Discord"
    account_class = DiscordAccount
    oauth2_adapter_class = DiscordAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["id"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return data

    def extract_common_fields(self, _data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Take only the page to go to from the address, never allauth's process "connect"."""
        kwargs: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        return kwargs | {"process": AuthProcess.LOGIN}

    def get_scope_from_request(self, _request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def get_auth_params_from_request(self, _request: HttpRequest, _action: str) -> dict[str, str]:
        return dict(self.get_auth_params())


provider_classes = [DiscordProvider]
