from allauth.socialaccount.apps import SocialAccountConfig
from django.apps import AppConfig


class DiscordLoginConfig(AppConfig):
    """Log-in with Discord, under the label of allauth's own Discord provider."""

    name = "guilds.discord_login"
    label = "discord_login"


class LazySocialAccountConfig(SocialAccountConfig):  # type: ignore[misc]
    """Leaves loading the providers to `guilds.discord_login.urls`, hence to the web process.

    allauth's own config loads them, and `requests` with them, wherever Django is set up.
    """

    def ready(self) -> None:
        from allauth.socialaccount import checks  # noqa: F401  (registers them)
