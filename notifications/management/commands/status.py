"""`manage.py status`: /readyz and /metrics, for a terminal."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from notifications.health import check_all
from notifications.metrics import due_work, open_deliveries


class Command(BaseCommand):
    help = "Say whether everything runs, and what work is due."

    def handle(self, *_args: Any, **_options: Any) -> None:
        checks = check_all()
        for check in checks:
            mark = self.style.SUCCESS("ok  ") if check.is_well else self.style.ERROR("FAIL")
            self.stdout.write(f"{mark} {check.name:<12} {check.says}")
        try:
            self._write_work()
        except DatabaseError as error:
            self.stdout.write(self.style.ERROR(f"FAIL work         {type(error).__name__}"))
        if not all(check.is_well for check in checks):
            raise SystemExit(1)

    def _write_work(self) -> None:
        for kind, (number, lag) in due_work().items():
            self.stdout.write(f"     {kind:<12} {number} due, the oldest {lag:.1f} s late")
        for state, number in sorted(open_deliveries().items()):
            self.stdout.write(f"     deliveries   {number} {state}")
