"""`python manage.py runbot`: the bot process of the Procfile."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from discordbot.bot import run_until_told


class Command(BaseCommand):
    help = "Connects to Discord's gateway and answers commands and buttons until stopped."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SHARD_IDS and not settings.SHARD_COUNT:
            raise CommandError("SHARD_IDS needs SHARD_COUNT.")
        asyncio.run(run_until_told())
