from allauth.socialaccount.apps import SocialAccountConfig
from django.apps import AppConfig


class DiscordLoginConfig(AppConfig):
    """Log-in with Discord; has the label allauth's own Discord provider would have."""

    name = "guilds.discord_login"
    label = "discord_login"


class LazySocialAccountConfig(SocialAccountConfig):  # type: ignore[misc]
    """Leaves the providers to `guilds.discord_login.urls`, so that only the web process has them.

    allauth's own loads them wherever Django is set up, and `requests` with them.
    """

    def ready(self) -> None:
        from allauth.socialaccount import checks  # noqa: F401  (registers them)
