from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DiscordbotConfig(AppConfig):
    name = "discordbot"
    verbose_name = gettext_lazy("Discord bot")

    def ready(self) -> None:
        from discordbot.gateway.health import check_shards
        from notifications.health import more_checks

        more_checks.append(check_shards)
