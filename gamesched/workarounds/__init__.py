"""Workarounds for gaps in Django, daphne, Channels and Celery.

Each module names the gap, the version it was found in and the upstream issue. It can be deleted
once the issue is solved in the version that `requirements.in` pins.
"""
