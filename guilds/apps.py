from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class GuildsConfig(AppConfig):
    name = "guilds"
    verbose_name = gettext_lazy("Servers and people")

    def ready(self) -> None:
        from postgres import timestamps  # noqa: F401  (connects it)
