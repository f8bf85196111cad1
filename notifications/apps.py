from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Timers and messages"

    def ready(self) -> None:
        from notifications import receivers  # noqa: F401  (connects them)
