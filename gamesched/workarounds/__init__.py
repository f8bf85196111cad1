"""Places where Django, daphne, Channels or Celery does not do what the processes need.

Each module names what it works around, the version that was looked at and the upstream issue.
A module can go when its issue is solved in a version that `requirements.in` pins.
"""
