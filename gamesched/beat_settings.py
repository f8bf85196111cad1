"""The settings of beat, which knows nothing but its schedule.

It sends ticks by their tasks' names. With all apps it would load them all, and their tasks too,
for a third of its memory.
"""

from gamesched.settings import *  # noqa: F403

INSTALLED_APPS = ["django_celery_beat", "django_structlog"]
