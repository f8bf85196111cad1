"""`python manage.py runbot`: the bot process of the Procfile."""

import asyncio
import gc
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from discordbot.bot import run_until_told
from when.dictionaries import prepare

# Acknowledgements leave from one thread while others talk to the database. At Python's own 5 ms
# that thread would wait its turn behind all of them.
SWITCH_SECONDS = 0.0005


class Command(BaseCommand):
    help = "Connects to Discord's gateway and answers commands and buttons until stopped."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        ids, count, most = settings.SHARD_IDS, settings.SHARD_COUNT, settings.SHARDS_PER_PROCESS
        if ids and not count:
            raise CommandError("SHARD_IDS needs SHARD_COUNT.")
        if count and not all(0 <= one < count for one in ids):
            raise CommandError("SHARD_IDS must be below SHARD_COUNT, and not below 0.")
        if most is not None and most < 1:
            raise CommandError("SHARDS_PER_PROCESS must be at least 1.")
        prepare()
        # What is loaded by now stays for good. Each full search through it for garbage would stop
        # all threads for 100 ms.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        asyncio.run(run_until_told())
