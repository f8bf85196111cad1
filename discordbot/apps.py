from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DiscordbotConfig(AppConfig):
    name = "discordbot"
    verbose_name = gettext_lazy("Discord bot")
