"""Checks H1 to H6 of the sandbox's logs and the database, once all work is done.

They run in a process of their own with the stack's environment; see `tests.faults.check`.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from games.models import Game
from games.selectors import get_snapshot
from guilds.models import Guild
from notifications.enums import State
from notifications.messages.announcement import render
from notifications.models import Announcement, Delivery
from notifications.rules import nonce_for
from sandbox.client import Sandbox
from sandbox.world.snowflakes import snowflake_time
from tests.faults.expected import HOST_IS_TOLD, channel_key, expected_keys, reminder_keys
from tests.faults.story import Story, tell

type Json = dict[str, Any]

ACK_MS = 3000
# Discord's limits may put a row off by so long; until then, work is not done.
HELD_BACK_FOR = timedelta(minutes=1)
TOKEN = re.compile(r"kanary\d+x\d+")
REFUSED = {401, 403, 429}


@dataclass(frozen=True)
class Scope:
    """The guilds and logs to check.

    `away` lists when the bot was dead or disconnected, in Unix seconds. `refused_codes` are
    Discord's error codes that the scenario provokes on purpose.
    """

    tokens: dict[int, str]
    since_request: int
    since_interaction: int
    away: list[tuple[float, float]] = field(default_factory=list)
    refused_codes: list[int] = field(default_factory=list)
    may_expire: bool = False
    leave_out: list[str] = field(default_factory=list)


@dataclass
class Look:
    """A view of the sandbox and the database at one moment."""

    sandbox: Sandbox
    scope: Scope

    @cached_property
    def games(self) -> list[Game]:
        return list(Game.objects.filter(guild_id__in=self.scope.tokens).order_by("id"))

    @cached_property
    def stories(self) -> list[Story]:
        return [tell(game) for game in self.games]

    @cached_property
    def messages(self) -> list[Json]:
        return self.sandbox.all_messages()

    @cached_property
    def channels(self) -> dict[str, int]:
        """The guild id of each existing channel; 0 for direct messages."""
        return {c["id"]: int(c.get("guild_id") or 0) for c in self.sandbox.channels()}

    @cached_property
    def sent(self) -> Counter[str]:
        return Counter(str(m["nonce"]) for m in self.messages if m.get("nonce"))


def all_problems(look: Look) -> list[str]:
    checkers = (h1_each_once, h2_replay, h3_shown, h4_no_leak, h5_acknowledged, h6_refusals)
    return [
        f"{check.__name__}: {problem}"
        for check in checkers
        if check.__name__ not in look.scope.leave_out
        for problem in check(look)
    ]


def h1_each_once(look: Look) -> Iterator[str]:
    """Every expected message came once, or its row says why not; no other message came."""
    problems: list[str] = []
    wanted: set[str] = set()
    for story in look.stories:
        wanted |= expected_keys(story)
        wanted |= reminder_keys(story, timezone.now(), problems, may_expire=look.scope.may_expire)
    yield from problems
    rows = {row.dedupe_key: row for row in Delivery.objects.filter(guild_id__in=look.scope.tokens)}
    # Where the channel takes no reminder, each person gets one.
    instead = {
        key
        for key in map(channel_key, rows.keys() - wanted)
        if key in wanted and (key not in rows or rows[key].state == State.DEAD)
    }
    for key in sorted(wanted - rows.keys() - instead):
        yield f"{key} was never written"
    for key, row in rows.items():
        plain = key.removesuffix(":fb")
        is_known = plain in wanted or channel_key(plain) in instead
        is_known = is_known or key.startswith(HOST_IS_TOLD)
        if not is_known:
            yield f"{key} was not to be expected"
        yield from _row_problems(row, look)
    yield from _post_problems(look)
    yield from _unknown_messages(look, set(rows))


def _row_problems(row: Delivery, look: Look) -> Iterator[str]:
    count = look.sent[nonce_for(row.dedupe_key)]
    # An earlier try, whose answer was lost, may have sent it while it was still true.
    may_have_come = 1 if row.attempts > 1 else 0
    if row.state in {State.PENDING, State.LEASED}:
        if row.due_at <= timezone.now() + HELD_BACK_FOR:
            yield f"{row.dedupe_key} is still {row.state}: {row.last_error}"
    elif row.state == State.DONE:
        is_there = str(row.channel_id) in look.channels
        if count != 1 and (is_there or count):
            yield f"{row.dedupe_key} is done and came {count} times"
    elif count > may_have_come or not row.last_error:
        yield f"{row.dedupe_key} is {row.state} ({row.last_error!r}) and came {count} times"


def _post_problems(look: Look) -> Iterator[str]:
    posts = Announcement.objects.filter(game__in=look.games)
    for post in posts:
        count = look.sent[nonce_for(f"ann:{post.game_id}:{post.post_number}")]
        if post.message_id is None and not post.last_error:
            yield f"game {post.game_id} is not announced yet"
        elif post.message_id and not post.lost_at and str(post.channel_id) in look.channels:
            if count != 1:
                yield f"game {post.game_id} has {count} announcements"
        elif count > 1:
            yield f"game {post.game_id} was announced {count} times"


def _unknown_messages(look: Look, keys: set[str]) -> Iterator[str]:
    numbers = Announcement.objects.filter(game__in=look.games).values_list("game_id", "post_number")
    posts = {f"ann:{game}:{one}" for game, last in numbers for one in range(1, last + 1)}
    known = {nonce_for(key) for key in keys | posts}
    me = look.sandbox.health()["application_id"]
    for message in look.messages:
        is_ours = look.channels.get(message["channel_id"]) in look.scope.tokens
        if is_ours and message["author"]["id"] == me and message.get("nonce") not in known:
            yield f"unexpected message {message['id']}: {json.dumps(message)[:300]}"


def h2_replay(look: Look) -> Iterator[str]:
    for story in look.stories:
        yield from (f"game {story.game.id}: {problem}" for problem in story.problems)


def h3_shown(look: Look) -> Iterator[str]:
    """Each announcement shows the newest revision, as it would be rendered now."""
    messages = {message["id"]: message for message in look.messages}
    there = Guild.objects.filter(id__in=look.scope.tokens, left_at=None)
    posts = Announcement.objects.filter(
        game__in=look.games, game__guild__in=there, message_id__isnull=False, lost_at=None
    )
    for post in posts:
        message = messages.get(str(post.message_id))
        if message is None:
            if str(post.channel_id) in look.channels:
                yield f"game {post.game_id}: its announcement is gone, and nobody noticed"
            continue
        snapshot = get_snapshot(post.game_id)
        if str(snapshot.channel_id) in look.channels and not post.last_error:
            wanted = render(snapshot, now=timezone.now())
            for part in ("content", "embeds", "components"):
                if difference := _differs(wanted[part], message[part]):
                    yield f"game {post.game_id} r{snapshot.revision}: {part} {difference}"


def _differs(wanted: Any, shown: Any, path: str = "") -> str:
    """Return where the shown value differs from the wanted one, apart from Discord's additions."""
    if isinstance(wanted, dict) and isinstance(shown, dict):
        found = (_differs(v, shown.get(k), f"{path}.{k}") for k, v in wanted.items() if v)
        return next((one for one in found if one), "")
    if isinstance(wanted, list) and isinstance(shown, list) and len(wanted) == len(shown):
        found = (_differs(a, b, path) for a, b in zip(wanted, shown, strict=True))
        return next((one for one in found if one), "")
    same = wanted == shown or (isinstance(wanted, str) and wanted.strip() == str(shown).strip())
    return "" if same else f"{path}: {wanted!r}, but shown is {shown!r}"


def h4_no_leak(look: Look) -> Iterator[str]:
    """No guild's token appears in another guild's channel, and no two appear together."""
    allowed: defaultdict[str, set[str]] = defaultdict(set)
    for channel_id, guild_id in look.channels.items():
        allowed[channel_id] |= {look.scope.tokens.get(guild_id, "")}
    seen = [(m["channel_id"], json.dumps(m)) for m in look.messages]
    for outcome in look.sandbox.interactions(since=look.scope.since_interaction):
        seen += [(outcome.raw["channel_id"], json.dumps(m)) for m in outcome.messages]
    for entry in look.sandbox.requests(since=look.scope.since_request, route="/channels/"):
        seen.append((str(entry["channel_id"]), json.dumps(entry["body"])))
    for channel_id, text in seen:
        tokens = set(TOKEN.findall(text)) & set(look.scope.tokens.values())
        is_dm = look.channels.get(channel_id) == 0
        is_foreign = bool(tokens) and not is_dm and tokens != allowed[channel_id]
        if channel_id in look.channels and (len(tokens) > 1 or is_foreign):
            yield f"channel {channel_id} was told of {tokens}: {text[:200]}"


def h5_acknowledged(look: Look) -> Iterator[str]:
    """Every interaction was acknowledged within 3 s, unless the bot was away."""
    for outcome in look.sandbox.interactions(since=look.scope.since_interaction):
        if int(outcome.raw["guild_id"] or 0) not in {0, *look.scope.tokens}:
            continue
        at = snowflake_time(outcome.interaction_id)
        if any(began <= at <= ended for began, ended in look.scope.away):
            continue
        what = f"{outcome.raw['name'] or outcome.raw['custom_id']} at {_clock(at)}"
        if not outcome.acked:
            yield f"{what} was never acknowledged"
        elif (outcome.acked_after_ms or 0) > ACK_MS or outcome.raw["late_callbacks"]:
            yield f"{what} was acknowledged after {outcome.acked_after_ms} ms"


def h6_refusals(look: Look) -> Iterator[str]:
    """Few requests are refused with a status Discord counts against us, except on purpose."""
    entries = look.sandbox.requests(since=look.scope.since_request)
    refused = [e for e in entries if e["status"] in REFUSED and not e["fault"]]
    unforeseen = [e for e in refused if e["code"] not in look.scope.refused_codes]
    if len(unforeseen) > max(5, len(entries) / 100):
        kinds = Counter((e["route"], e["status"], e["code"]) for e in unforeseen)
        yield f"{len(unforeseen)} of {len(entries)} requests were refused: {kinds}"
    again = Counter((e["channel_id"], e["code"]) for e in refused if e["status"] == 403)
    yield from (f"channel and code {key} refused {n} times" for key, n in again.items() if n > 6)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")
