from django.apps import AppConfig


class DiscordLoginConfig(AppConfig):
    """Log-in with Discord; has the label allauth's own Discord provider would have."""

    name = "guilds.discord_login"
    label = "discord_login"
