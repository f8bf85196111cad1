"""The Celery application: `celery -A gamesched worker` and `celery -A gamesched beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gamesched.settings")
# Django's checks would load every page, 15 MB in worker and beat. `manage.py migrate` runs them.
# https://github.com/celery/celery/issues/7581
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("gamesched")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_kwargs: Any) -> None:
    """Do nothing: the mere receiver stops Celery from replacing Django's LOGGING."""
