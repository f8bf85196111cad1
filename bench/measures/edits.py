"""How announcements follow changes: when the last edit stands, and how many edits there were.

Many posts changed at one moment, a rush on one game, and storms of 25 changes a second on one game
and on 20 with a channel each; with bot, worker and beat. Each begins with channels at rest.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.crowd import GAMES, Crowd, Posted
from bench.database import VAR, set_up_django
from bench.measures.joins import LOCK, READ, WRITE
from bench.table import Figure
from tests.duration import wait_until
from tests.e2e.stack import Stack, running_stack

PER_SECOND, SECONDS = 25, 12
CHANNELS, POSTS_A_CHANNEL, POSTS_OF_ONE_CHANNEL, JOINS = 12, 3, 20, 100
PATIENCE = 60
REST_SECONDS = 8
POLL_SECONDS = 0.005
# Discord's limits: of all requests, as the budget keeps to it, and of a channel's edits.
REQUESTS_PER_SECOND = 45
EDITS_OF_A_CHANNEL, WINDOW_SECONDS = 5, 5
PACE_SECONDS = 1.25  # between two edits of a channel, if they are spread evenly
CONVERGED_SECONDS = 3
UPDATE = 7  # the callback type UPDATE_MESSAGE
# As many as a fixed gap of `PACE_SECONDS` between a channel's edits took for the same changes.
EDITS = {1: 11, GAMES: 148}
REVISIONS = "select sum(revision) from games_game"
BEHIND = b"""
select 1 where exists (
    select from notifications_announcement where posted_revision < wanted_revision
) or (select sum(revision) from games_game) < %(revisions)s"""
SINCE_LAST = "select extract(epoch from now() - max(at))::float8 from games_change"
USERS = "select id from guilds_user order by id desc limit %(joins)s"
UNPOSTED = "select 1 from notifications_announcement where message_id is null"


def measure() -> list[Figure]:
    with running_stack(VAR / "edits") as stack:
        set_up_django(stack.environment)
        followed = _Followed(stack)
        return [
            followed.spread(),
            *followed.storm(1),
            *followed.storm(GAMES),
            *followed.rush(),
            followed.one_channel(),
        ]


class _Followed:
    """The games of a crowd; in each of 12 channels two games more, and in another 19 more."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._crowd = stack, Crowd(stack)
        self._posts = self._make_posts()

    def _make_posts(self) -> list[list[Any]]:
        """Return the games of the channels, first those of the one with 20 games."""
        from games.models import Game  # noqa: PLC0415
        from tests.factories import make_game, make_member  # noqa: PLC0415

        self._stack.sandbox.limits(**{"message.create": {"limit": 50, "per": 1}})
        first = Game.objects.select_related("channel", "guild").order_by("id")[: CHANNELS + 1]
        posts: list[list[Any]] = [[game] for game in first]
        wanted = [POSTS_OF_ONE_CHANNEL] + [POSTS_A_CHANNEL] * CHANNELS
        for channel, number in zip(posts, wanted, strict=True):
            host = make_member(channel[0].guild)  # nobody may make all of them within an hour
            channel += [make_game(host, channel[0].channel) for _ in range(number - 1)]
        wait_until(lambda: not self._stack.rows(UNPOSTED), PATIENCE)
        return posts

    def spread(self) -> Figure:
        games = [game for channel in self._posts[1:] for game in channel]
        least = len(games) / REQUESTS_PER_SECOND
        what = f"last edit of {len(games)} posts in {CHANNELS} channels"
        return Figure(what, self._change_at_once(games), "s", least, "Discord's budget", most=1.2)

    def one_channel(self) -> Figure:
        games = self._posts[0]
        least = len(games) / EDITS_OF_A_CHANNEL * WINDOW_SECONDS
        what = f"last edit of {len(games)} posts in one channel"
        return Figure(what, self._change_at_once(games), "s", least, "five in five s", most=22)

    def _change_at_once(self, games: Sequence[Any]) -> float:
        """Have somebody join all games on the web. Returns when all posts show it, in seconds."""
        from django.db import transaction  # noqa: PLC0415

        from games.enums import Via  # noqa: PLC0415
        from games.services.roster.signup import join_game  # noqa: PLC0415
        from tests.factories import make_member  # noqa: PLC0415

        time.sleep(REST_SECONDS)
        member = make_member(games[0].guild)
        with transaction.atomic():
            for game in games:
                join_game(game_id=game.id, member=member, via=Via.WEB)
        return self._until_shown()

    def rush(self) -> Iterator[Figure]:
        time.sleep(REST_SECONDS)
        began, seen, revisions = time.perf_counter(), self._seen(), self._revisions()
        self._crowd.join_at_once(self._untouched(), JOINS)
        self._until_shown(revisions + JOINS)
        took, least = time.perf_counter() - began, self._bare_joins()
        what, against = f"of {JOINS} joins at one moment", "bare joins, one transaction"
        yield Figure(f"last edit {what}", took, "s", least, against, most=0.8)
        yield Figure(f"edits {what}", self._edits(seen), "", JOINS, "one a change", most=4)

    def _untouched(self) -> Posted:
        """Return a game that no storm has touched."""
        query = "select game_id, channel_id, message_id from notifications_announcement"
        (row,) = self._stack.rows(f"{query} where game_id = %s", self._posts[-1][-1].id)
        return Posted(*(int(str(value)) for value in row))

    def _bare_joins(self) -> float:
        """Write the joins of a rush to another game, in one transaction that is rolled back.

        Returns the seconds."""
        with self._stack.connect() as connection:
            users = connection.execute(USERS, {"joins": JOINS}).fetchall()
            began = time.perf_counter()
            for (user,) in users:
                values = {"game": self._posts[0][-1].id, "user": user, "key": f"bare:{user}"}
                connection.execute(LOCK, values)
                connection.execute(READ, values).fetchall()
                for statement in WRITE[:-1]:
                    connection.execute(statement, values)
            took = time.perf_counter() - began
            connection.rollback()
            return took

    def storm(self, games: int) -> Iterator[Figure]:
        time.sleep(REST_SECONDS)
        seen, revisions = self._seen(), self._revisions()
        self._crowd.press_at(PER_SECOND, SECONDS, games=games, wait=0)
        took = self._until_shown()
        changes = self._revisions() - revisions
        where = "one game" if games == 1 else f"{games} games"
        what, against = f"last edit stands after, {where}", "a channel's pace"
        yield Figure(what, took, "s", PACE_SECONDS, against, most=CONVERGED_SECONDS)
        what = f"edits of {changes} changes, {where}"
        yield Figure(what, self._edits(seen), "", changes, "one a change", most=EDITS[games])

    def _until_shown(self, revisions: int = 0) -> float:
        """Wait until all posts show so many revisions. Returns seconds since the last change."""
        began = time.perf_counter()
        with self._stack.connect() as connection:
            connection.autocommit = True
            while connection.execute(BEHIND, {"revisions": revisions}).fetchone():
                assert time.perf_counter() - began < PATIENCE
                time.sleep(POLL_SECONDS)
            return float(str(connection.execute(SINCE_LAST).fetchall()[0][0]))

    def _revisions(self) -> int:
        return int(str(self._stack.rows(REVISIONS)[0][0]))

    def _seen(self) -> tuple[int, int]:
        health = self._stack.sandbox.health()
        return int(health["last_request"]), int(health["last_interaction"])

    def _edits(self, seen: tuple[int, int]) -> int:
        """Return the worker's edits since then, and those that answers to clicks made."""
        request, interaction = seen
        sandbox = self._stack.sandbox
        answers = [one.type for one in sandbox.interactions(since=interaction)]
        edits = sandbox.requests(since=request, route="PATCH /channels")
        assert all(edit["status"] == 200 for edit in edits), "Discord refused an edit"
        edits += sandbox.requests(
            since=request, route="PATCH /webhooks"
        )  # answers after a deferral
        return len(edits) + answers.count(UPDATE)
