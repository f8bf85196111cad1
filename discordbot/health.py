"""Whether every shard has an owner, for /readyz and `manage.py status`."""

from django.db import DatabaseError

from discordbot.services.shard import list_holders
from notifications.health import Check

NAME = "shards"


def check_shards() -> list[Check]:
    """Nothing to say before the first bot has claimed a shard."""
    try:
        holders = list_holders()
    except DatabaseError as error:
        return [Check(NAME, False, type(error).__name__)]
    if not holders:
        return []
    free = [str(shard_id) for shard_id, owner in holders if not owner]
    owners = {owner for _shard_id, owner in holders if owner}
    if free:
        return [Check(NAME, False, f"nobody holds {', '.join(free)} of {len(holders)}")]
    return [Check(NAME, True, f"{len(holders)} held by {len(owners)}")]
