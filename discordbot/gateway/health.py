"""A check that every shard has an owner, for /readyz and `manage.py status`."""

from django.db import DatabaseError

from discordbot.gateway.leases import list_holders
from notifications.health import Check

NAME = "shards"


def check_shards() -> list[Check]:
    """Returns no check before the first bot has claimed a shard."""
    try:
        holders = list_holders()
    except DatabaseError as error:
        return [Check(NAME, False, type(error).__name__)]
    if not holders:
        return []
    left = [str(one.shard_id) for one in holders if one.is_left]
    owners = {one.owner for one in holders if one.owner}
    if left:
        return [Check(NAME, False, f"nobody holds {', '.join(left)} of {len(holders)}")]
    return [Check(NAME, True, f"{len(holders)} held by {len(owners)}")]
