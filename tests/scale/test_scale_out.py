"""A game in each of many servers, while two bots, three workers and two webs are replaced.

SCALE_GUILDS is the number of servers, 1000 by default.
"""

import os
import statistics
import time
from collections import Counter
from typing import Any

import pytest

from gamesched.local.browser import running_browser
from notifications.rules import nonce_for
from sandbox.world.snowflakes import snowflake_time
from tests.duration import wait_until
from tests.e2e.conftest import button
from tests.e2e.test_web import log_in
from tests.scale.fill import REMIND_MINUTES
from tests.scale.fleet import EVERYTHING, WEBS, WORKERS, Fleet
from tests.scale.gaps import Gaps
from tests.scale.load import ANSWERS, Click, Load, Visitor
from tests.scale.result import note
from tests.scale.world import SAMPLE_A_SHARD, Place, fill, make_world

pytestmark = [pytest.mark.scale, pytest.mark.timeout(1800)]

GUILDS = int(os.environ.get("SCALE_GUILDS", "1000"))
# Discord's requests a second, and those our own budget allows.
A_SECOND = 40
BY_COMMAND = 30
# With fewer, all might be due while a worker is replaced.
ENOUGH_TO_SHARE = 1000

type Json = dict[str, Any]


def test_many_servers_over_many_processes(fleet: Fleet) -> None:
    places = make_world(fleet.sandbox, GUILDS)
    _start_everything(fleet)
    began = time.monotonic()
    for place in places[:BY_COMMAND]:
        _post_by_command(fleet, place)
    fill(fleet.stack, places, first_in=GUILDS / 25 + 30, over=GUILDS / A_SECOND)
    note("games made", games=GUILDS + BY_COMMAND, seconds=time.monotonic() - began)

    sample = places[: SAMPLE_A_SHARD * 10]
    posted = [(one, _wait_for_post(fleet, one)) for one in sample]
    visitor = _log_in(fleet, *posted[0])
    with (
        Load(fleet.sandbox, posted[1:], visitor, fleet.balancer.port) as load,
        Gaps(fleet.sandbox) as gaps,
    ):
        time.sleep(5)
        seconds = {name: round(fleet.roll(name), 1) for name in EVERYTHING}
        time.sleep(5)
        wait_until(lambda: _reminded(fleet) == GUILDS, 600)
    note("replaced one after another", **seconds)
    _check_clicks(fleet, load.clicks, gaps)
    _check_pages(load)
    _check_told_once(fleet)
    _check_spread(fleet)
    state = fleet.sandbox.sessions()
    assert (state["doubles"], state["too_early"], len(state["identifies"])) == ([], [], 10)


def _start_everything(fleet: Fleet) -> None:
    began = time.monotonic()
    fleet.start(*EVERYTHING)
    for name in WEBS:
        fleet.wait_for_web(name)
    fleet.wait_for_shards(120)
    wait_until(lambda: _count(fleet, "guilds_guild") == GUILDS, 300)
    note("every server known to the bots", guilds=GUILDS, seconds=time.monotonic() - began)


def _count(fleet: Fleet, what: str) -> int:
    return int(str(fleet.stack.rows(f"select count(*) from {what}")[0][0]))  # noqa: S608


def _reminded(fleet: Fleet) -> int:
    return _count(fleet, "notifications_delivery where notice = 'reminder' and state = 'done'")


def _post_by_command(fleet: Fleet, place: Place) -> None:
    """Post games through the gateway, with starts too late for reminders during the run."""
    sandbox = fleet.sandbox
    preview = sandbox.command(
        place.host, place.channel, "create-game", title="By command", when="in 5 hours"
    )
    assert sandbox.click(place.host, preview.message, button(preview.message, "post")).acked


def _wait_for_post(fleet: Fleet, place: Place) -> Json:
    posted = wait_until(lambda: _announcement(fleet, place), 120)
    assert posted
    return posted


def _announcement(fleet: Fleet, place: Place) -> Json | None:
    for message in fleet.sandbox.messages(place.channel):
        if any("Night of" in embed.get("title", "") for embed in message["embeds"]):
            return message
    return None


def _log_in(fleet: Fleet, place: Place, message: Json) -> Visitor:
    with running_browser() as browser:
        page = log_in(browser, fleet.stack, place.clickers[0])
        page.goto(f"/g/{place.guild}/")
        cookies = {str(one["name"]): str(one["value"]) for one in page.context.cookies()}
    return Visitor(cookies, place.guild, int(button(message, "join").split(":")[1]))


def _check_clicks(fleet: Fleet, clicks: list[Click], gaps: Gaps) -> None:
    """Check that all clicks were answered in time, except during a gap.

    Every acknowledged click must be in the database.
    """
    times = sorted(one.acked_after_ms for one in clicks if one.acked_after_ms is not None)
    unanswered = [one for one in clicks if one.acked_after_ms is None]
    note(
        "clicks while everything is replaced",
        clicks=len(clicks),
        unanswered=len(unanswered),
        p50_ms=times[len(times) // 2],
        p99_ms=times[len(times) * 99 // 100],
        slowest_ms=times[-1],
    )
    note("a shard's hand-over", shards_moved=len(gaps.seen), longest_gap=gaps.longest(),
         median_gap=statistics.median(end - start for _, start, end in gaps.seen))  # fmt: skip
    for one in unanswered:
        near = [(s, e) for shard, s, e in gaps.seen if shard == one.shard]
        assert any(start - 0.2 <= one.at <= end for start, end in near), one
    last = {(one.game, one.user): one for one in sorted(clicks, key=lambda one: one.at)}
    rows = fleet.stack.rows(
        "select p.game_id, u.discord_id, p.answer from games_participant p"
        " join guilds_user u on u.id = p.user_id"
    )
    known = {(int(str(game)), int(str(user))): answer for game, user, answer in rows if user}
    wrong = {
        key: (one, known.get(key))
        for key, one in last.items()
        if one.acked_after_ms is not None and known.get(key, "declined") != ANSWERS[one.what]
    }
    assert not wrong


def _check_pages(load: Load) -> None:
    pages = {f"{method} {status}": count for (method, status), count in load.pages.items()}
    note("page requests while everything is replaced", **pages, slowest=load.slowest_page)
    assert all(status in {200, 302} for _method, status in load.pages)


def _check_told_once(fleet: Fleet) -> None:
    """Check that each game has one announcement, each filled one a reminder, and nothing more."""
    me = fleet.sandbox.health()["application_id"]
    messages = [m for m in fleet.sandbox.all_messages() if m["author"]["id"] == me]
    sent = Counter(str(message["nonce"]) for message in messages if message.get("nonce"))
    assert max(sent.values()) == 1
    posts = fleet.stack.rows("select game_id, post_number from notifications_announcement")
    rows = fleet.stack.rows(
        "select dedupe_key, extract(epoch from due_at)::float8, notice, state"
        " from notifications_delivery"
    )
    assert len(posts) == GUILDS + BY_COMMAND
    assert {str(state) for *_rest, state in rows} == {"done"}
    keys = [f"ann:{game}:{number}" for game, number in posts] + [str(row[0]) for row in rows]
    assert sent.keys() == {nonce_for(key) for key in keys}
    at = {m["nonce"]: snowflake_time(int(m["id"])) for m in messages}
    due = _due_times(fleet)
    late = sorted(
        at[nonce_for(str(key))] - due[int(str(key).split(":")[1])]
        for key, _due, notice, _state in rows
        if notice == "reminder"
    )
    assert len(late) == GUILDS
    note(
        "reminders",
        sent=len(late),
        over_seconds=round(GUILDS / A_SECOND),
        late_p50=late[len(late) // 2],
        late_p99=late[len(late) * 99 // 100],
        latest=late[-1],
    )


def _due_times(fleet: Fleet) -> dict[int, float]:
    rows = fleet.stack.rows("select id, extract(epoch from starts_at)::float8 from games_game")
    return {int(str(game)): float(str(start)) - 60 * REMIND_MINUTES for game, start in rows}


def _check_spread(fleet: Fleet) -> None:
    """Check that every process did a part of the work."""
    bots = [name for name in fleet.stack.variables if name.startswith("bot")]
    clicks = {name: fleet.log(name).count(" interaction [") for name in bots}
    sent = {name: fleet.log(name).count(" sent: message") for name in WORKERS}
    by_port = {name: fleet.balancer.served[fleet.ports[name]] for name in WEBS}
    note("interactions by bot", **clicks)
    note("messages by worker", **sent)
    note("requests by web", **by_port)
    assert all(clicks.values())
    if GUILDS >= ENOUGH_TO_SHARE:
        for share in (sent, by_port):
            assert min(share.values()) > 0.5 * sum(share.values()) / len(share)
