"""`manage.py after_restore`, run once after loading a backup, before the processes start."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from discordbot.gateway.leases import forget_sessions
from notifications.restore import settle_restored


class Command(BaseCommand):
    help = "After loading a backup: look on Discord before sending, render posts anew, skip ids."

    def handle(self, *_args: Any, **_options: Any) -> None:
        settled = settle_restored(now=timezone.now()) | {"sessions": forget_sessions()}
        for what, number in settled.items():
            self.stdout.write(f"{what:<14} {number}")
