"""The state at this moment, asked for once for a whole batch of deliveries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from games.selectors import snapshots_of
from games.snapshots import GameSnapshot
from guilds.models import Guild, User
from notifications.enums import Target
from notifications.kinds import KINDS
from notifications.models import Delivery
from postgres.clock import database_now


@dataclass
class Facts:
    """The facts a batch of deliveries needs: four queries however many deliveries there are.

    Kinds that look something up add their own, once for each kind; `more` holds that by delivery.
    """

    now: datetime
    games: dict[int, GameSnapshot] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    more: dict[int, dict[str, Any]] = field(default_factory=dict)


def gather_facts(deliveries: Sequence[Delivery]) -> Facts:
    facts = Facts(now=database_now())
    game_ids = {delivery.game_id for delivery in deliveries if delivery.game_id}
    if not game_ids:
        return facts
    facts.games = {snapshot.id: snapshot for snapshot in snapshots_of(game_ids)}
    people = {row.target_id for row in deliveries if row.target == Target.USER}
    facts.users = {u.discord_id or 0: u for u in User.objects.filter(discord_id__in=people)}
    guild_ids = {delivery.guild_id for delivery in deliveries}
    facts.guilds = {guild.id: guild for guild in Guild.objects.filter(id__in=guild_ids)}
    facts.more = _looked_up(deliveries, facts.now)
    return facts


def _looked_up(deliveries: Sequence[Delivery], now: datetime) -> dict[int, dict[str, Any]]:
    by_kind: defaultdict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_kind[delivery.notice].append(delivery)
    more: dict[int, dict[str, Any]] = {}
    for name, rows in by_kind.items():
        more |= KINDS[name].look_up(rows, now) if name in KINDS else {}
    return more
