from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = gettext_lazy("Timers and messages")

    def ready(self) -> None:
        from notifications import receivers  # noqa: F401  (connects them)
        from notifications.beat import keep_schedule

        post_migrate.connect(keep_schedule, sender=self, dispatch_uid="notifications.beat")
