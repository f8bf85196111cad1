"""Messages to one person, for those who ask for their data and those who leave."""

from typing import Any

from guilds.models import User
from notifications.enums import Target
from notifications.models import Delivery


def forget_messages(user: User) -> None:
    """Delete messages addressed to the person, sent or not, and those that mention them alone.

    Messages to others that noted who is told elsewhere note them no longer.
    """
    if user.discord_id is None:
        return
    (_to(user) | Delivery.objects.filter(payload__mention=user.discord_id)).delete()
    rows = list(Delivery.objects.filter(payload__by_dm__contains=[user.discord_id]))
    for row in rows:
        row.payload["by_dm"].remove(user.discord_id)
    Delivery.objects.bulk_update(rows, ["payload"], batch_size=500)


def messages_of(user: User) -> list[dict[str, Any]]:
    return list(
        _to(user)
        .order_by("id")
        .values("game_id", "guild_id", "notice", "state", "due_at", "sent_at", "created_at")
    )


def _to(user: User) -> Any:
    return Delivery.objects.filter(target=Target.USER, target_id=user.discord_id or 0)
