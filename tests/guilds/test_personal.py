"""One's own pages: settings, calendar addresses, data, logging out everywhere, leaving."""

import json
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from games.enums import Answer, Status, Via
from games.models import Change, Draft, Game, Participant
from games.selectors import get_snapshot
from games.services.change import lock_game
from games.services.roster.signup import answer_maybe, join_game
from guilds.discord_login.token import remember_token
from guilds.enums import DirectMessages
from guilds.models import FORMER_MEMBER, Feed, Guild, Member, Session, User
from guilds.services.person import delete_person
from guilds.services.sessions import end_sessions
from notifications.enums import State, Target
from notifications.messages.announcement import render
from notifications.models import Announcement, Delivery
from tests.factories import make_game, make_guild, make_member, make_user
from tests.guilds.fake_discord import TOKEN, FakeDiscord, run
from tests.racing import racing

pytestmark = pytest.mark.django_db
PAGE = "/settings/"
FORM = {
    "timezone": "europe/berlin",
    "reminders": "own",
    "reminder_minutes": "1d, 15m",
    "direct_messages": "always",
    "quiet_from": "22:00",
    "quiet_until": "07:30",
}


@pytest.fixture
def user(client: Client) -> User:
    user = make_user("Mira", locale="en-GB")
    client.force_login(user)
    return user


@pytest.fixture
def member(user: User) -> Member:
    return make_member(make_guild(name="Tavern"), user)


POSTS = ("settings-calendar", "settings-calendar-revoke", "log-out-everywhere")


def test_pages_are_for_who_is_logged_in(client: Client) -> None:
    for name in ("settings", "my-data", "delete-me", *POSTS):
        send = client.post if name in POSTS else client.get
        response = send(reverse(name))
        assert response.status_code == 302
        assert response["Location"].startswith("/")
    assert client.post(reverse("delete-me"), {"sure": "yes"}).status_code == 302
    assert reverse("settings") == PAGE


def test_writes_are_by_post_with_the_token(user: User, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    for name in (*POSTS, "settings", "delete-me"):
        assert strict.post(reverse(name), {"sure": "yes"}).status_code == 403
    for name in POSTS:
        assert client.get(reverse(name)).status_code == 405
    assert User.objects.filter(id=user.id).exists()


def test_settings_are_taken_as_people_say_them(client: Client, user: User) -> None:
    said = {
        "timezone": "Dubai",
        "reminder_minutes": "1 day, 2 hours and 1h30",
        "quiet_from": "10pm",
        "quiet_until": "7",
    }

    assert client.post(PAGE, {**FORM, **said}).status_code == 302

    user.refresh_from_db()
    assert (user.timezone, user.reminder_minutes) == ("Asia/Dubai", [1440, 120, 90])
    assert (user.quiet_from, user.quiet_until) == (time(22), time(7))


def test_settings_are_saved(client: Client, user: User) -> None:
    assert client.post(PAGE, FORM).status_code == 302

    user.refresh_from_db()
    assert (user.timezone, user.reminder_minutes) == ("Europe/Berlin", [1440, 15])
    assert user.direct_messages == DirectMessages.ALWAYS
    assert (user.quiet_from, user.quiet_until) == (time(22), time(7, 30))
    text = client.get(PAGE).content.decode()
    assert 'value="Europe/Berlin"' in text
    assert 'value="1d, 15m"' in text
    for wish, stored in (("inherit", None), ("off", [])):
        client.post(PAGE, {**FORM, "reminders": wish})
        user.refresh_from_db()
        assert user.reminder_minutes == stored


# "12" in Hindi digits, in minutes or as an hour, as in commands.
SENSE = {(name, "१२") for name in ("reminder_minutes", "quiet_from", "quiet_until")}
BAD = ("x" * 10_000, "\0", "<script>alert(1)</script>", "-1", "9" * 30, "25:61", "Mars/Base", "१२")


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("name", FORM)
def test_every_field_refuses_nonsense_in_a_sentence(
    client: Client, user: User, name: str, value: str
) -> None:
    response = client.post(PAGE, {**FORM, name: value})

    if (name, value) in SENSE:
        assert response.status_code == 302
        return
    assert response.status_code == 422
    text = response.content.decode()
    assert "field-error" in text
    assert "<script>alert" not in text
    user.refresh_from_db()
    assert user.timezone == ""


@pytest.mark.parametrize(
    "change",
    [
        {"quiet_from": ""},
        {"quiet_until": "22:00"},
        {"reminder_minutes": ""},
        {"reminder_minutes": "off"},
        {"reminder_minutes": "1,2,3,4,5,6"},
        {"reminders": ""},
        {"direct_messages": ""},
    ],
)
def test_what_makes_no_sense_together_is_refused(
    client: Client, user: User, change: dict[str, str]
) -> None:
    response = client.post(PAGE, {**FORM, **change})

    assert response.status_code == 422
    assert b"field-error" in response.content or b"note-bad" in response.content


def test_language_follows_discord(client: Client, user: User) -> None:
    User.objects.filter(id=user.id).update(locale="de")

    response = client.get(PAGE, headers={"Accept-Language": "fr"})

    assert response["Content-Language"] == "de"
    assert '<html lang="de"' in response.content.decode()
    assert client.get("/nowhere/").headers["Content-Language"] == "de"


def test_calendar_address_is_shown_once(client: Client, member: Member) -> None:
    made = client.post(reverse("settings-calendar"))
    text = made.content.decode()

    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    token = text.split("/cal/")[1].split(".ics")[0]
    assert f"webcal://localhost:8000/cal/{token}.ics" in text
    assert "calendar.google.com" in text
    assert token not in client.get(PAGE).content.decode()
    assert client.get(reverse("feed", args=[token])).status_code == 200

    feed = Feed.objects.get()
    client.post(reverse("settings-calendar-revoke"), {"feed_id": feed.id})
    assert client.get(reverse("feed", args=[token])).status_code == 404


def test_server_calendar_is_for_its_members(client: Client, member: Member) -> None:
    foreign = make_guild(name="Foreign")
    text = client.post(reverse("settings-calendar"), {"guild_id": member.guild_id}).content.decode()
    assert "/cal/server/" in text
    for value in (str(foreign.id), "x", "\0", "-1", "9" * 40):
        response = client.post(reverse("settings-calendar"), {"guild_id": value}, follow=True)
        assert response.status_code == 200
        assert "There is no such server" in response.content.decode().replace("&#x27;", "'")
    assert Feed.objects.count() == 1
    assert "Foreign" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("value", ["", "x", "\0", "-1", "9" * 40, "1"])
def test_odd_addresses_to_revoke_change_nothing(client: Client, member: Member, value: str) -> None:
    Feed.objects.create(id=1, user=make_user(), token_hash="x")

    response = client.post(reverse("settings-calendar-revoke"), {"feed_id": value})

    assert response.status_code == 302
    assert Feed.objects.count() == 1


def test_my_data_is_everything_about_me_and_nobody_else(client: Client, member: Member) -> None:
    other = make_member(member.guild, make_user("Somebody else"))
    game = make_game(other, title="Joined game")
    join_game(game_id=game.id, member=member, via=Via.BOT)
    join_game(game_id=game.id, member=make_member(member.guild, make_user("Third")), via=Via.BOT)
    make_game(member, title="Hosted game")
    Draft.objects.create(guild=member.guild, author=member.user, values={"title": "A draft"})
    Feed.objects.create(user=member.user, token_hash="0" * 64)

    response = client.get(reverse("my-data"))
    data = json.loads(response.content)

    assert "attachment" in response["Content-Disposition"]
    assert data["person"]["discord_id"] == member.user.discord_id
    assert [server["name"] for server in data["servers"]] == ["Tavern"]
    assert [g["title"] for g in data["hosted_games"]] == ["Hosted game"]
    assert [s["game__title"] for s in data["sign_ups"]] == ["Joined game"]
    assert data["drafts"][0]["values"]["title"] == "A draft"
    text = response.content.decode()
    assert "Somebody else" not in text
    assert "Third" not in text
    assert "0" * 64 not in text
    assert "password" not in text


def test_every_table_about_people_is_exported_or_known_not_to_be() -> None:
    """A new table with a reference to people must be considered here."""
    told = {"member", "feed", "game", "participant", "change", "draft", "session"}
    kept_elsewhere = {"logentry", "emailaddress", "socialaccount"}  # Django's own; always empty
    pointing = {field.related_model._meta.model_name for field in User._meta.related_objects}
    unknown = pointing - told - kept_elsewhere - {"series", "user_groups", "user_user_permissions"}
    assert not unknown


def test_only_hosting_keeps_a_user_from_being_deleted() -> None:
    """`delete_person` hands over hosted games; the database deletes or clears all other rows."""
    protected = {
        field.related_model.__name__
        for field in User._meta.related_objects
        if getattr(field, "on_delete", None) in {models.PROTECT, models.RESTRICT}
    }
    assert protected == {"Game"}


def test_deleting_asks_first(client: Client, user: User) -> None:
    assert client.get(reverse("delete-me")).status_code == 200
    response = client.post(reverse("delete-me"))
    assert response.status_code == 422
    assert User.objects.filter(id=user.id).exists()


@pytest.fixture
def place(member: Member) -> tuple[Member, Member]:
    """A person, and another member of their guild."""
    return member, make_member(member.guild, make_user("Ben"))


def test_deleting_frees_seats_and_forgets_the_name(
    client: Client, place: tuple[Member, Member]
) -> None:
    member, ben = place
    game = make_game(make_member(member.guild), max_players=1)
    join_game(game_id=game.id, member=member, via=Via.BOT)
    join_game(game_id=game.id, member=ben, via=Via.BOT)
    over = make_game(make_member(member.guild))
    join_game(game_id=over.id, member=member, via=Via.BOT)
    Game.objects.filter(id=over.id).update(status=Status.COMPLETED)
    user_id, discord_id = member.user_id, member.user.discord_id

    response = client.post(reverse("delete-me"), {"sure": "yes"})

    assert response["Location"] == "/"
    assert not User.objects.filter(discord_id=discord_id).exists()
    assert not Member.objects.filter(user_id=user_id).exists()
    snapshot = get_snapshot(game.id)
    assert [p.name for p in snapshot.playing] == ["Ben"]
    assert [p.name for p in snapshot.declined] == ["Former member"]
    assert [p.name for p in get_snapshot(over.id).playing] == ["Former member"]
    assert Delivery.objects.filter(game=game, notice="promoted").count() == 1
    assert not Delivery.objects.filter(target_id=discord_id or 0).exists()
    assert not Change.objects.filter(actor_id=user_id).exists()
    client.force_login(ben.user)
    for one in (game, over):
        page = client.get(reverse("game", args=[one.guild_id, one.id]))
        assert page.status_code == 200
        assert "Mira" not in page.content.decode()
        assert "Former member" in page.content.decode()


def test_posts_of_past_games_are_rendered_again_without_the_name(
    place: tuple[Member, Member],
) -> None:
    member, ben = place
    hosted, joined, apart = make_game(member), make_game(ben), make_game(ben)
    join_game(game_id=joined.id, member=member, via=Via.BOT)
    games = [hosted.id, joined.id, apart.id]
    Game.objects.filter(id__in=games).update(status=Status.COMPLETED)
    Announcement.objects.filter(game__in=games).update(message_id=7, render_at=None)

    delete_person(user=member.user)

    due = Announcement.objects.filter(render_at__lte=timezone.now())
    assert set(due.values_list("game_id", flat=True)) == {hosted.id, joined.id}
    assert "Former member" in str(render(get_snapshot(joined.id), now=timezone.now()))
    for game in (hosted, joined):
        assert "Mira" not in str(render(get_snapshot(game.id), now=timezone.now()))


def test_deleting_forgets_who_is_told_elsewhere(place: tuple[Member, Member]) -> None:
    """Reminders list people to leave out, and a closed DM is replaced by a mention."""
    mira, ben = (one.user.discord_id or 0 for one in place)
    game, now = make_game(make_member(place[0].guild)), timezone.now()

    def row(key: str, state: State, **payload: object) -> Delivery:
        return Delivery.objects.create(
            dedupe_key=key,
            game=game,
            guild_id=game.guild_id,
            notice="reminder",
            target=Target.CHANNEL,
            target_id=game.channel_id,
            state=state,
            payload=payload,
            due_at=now,
            expires_at=now + timedelta(hours=1),
        )

    for state in (State.DONE, State.PENDING):
        row(f"rem:1:dm:{mira}:{state}:fb", state, mention=mira)
        row(f"rem:1:dm:{ben}:{state}:fb", state, mention=ben)
        row(f"rem:1:ch:0:{state}", state, chunk=0, by_dm=[mira, ben])

    delete_person(user=place[0].user)

    left = Delivery.objects.filter(game=game).order_by("dedupe_key")
    assert [one.payload for one in left] == [
        *2 * [{"chunk": 0, "by_dm": [ben]}],
        *2 * [{"mention": ben}],
    ]
    assert not any(str(mira) in f"{one.dedupe_key} {one.payload}" for one in left)


def test_deleting_cancels_hosted_games_and_tells(
    client: Client, place: tuple[Member, Member]
) -> None:
    member, ben = place
    ahead, over = make_game(member, title="Ahead"), make_game(member, title="Over")
    for game in (ahead, over):
        join_game(game_id=game.id, member=ben, via=Via.BOT)
    Game.objects.filter(id=over.id).update(status=Status.COMPLETED)

    delete_person(user=member.user)

    ahead.refresh_from_db()
    over.refresh_from_db()
    assert (ahead.status, over.status) == (Status.CANCELLED, Status.COMPLETED)
    assert ahead.cancelled_at, "calendars go on showing it as cancelled"
    assert ahead.host.username == over.host.username == FORMER_MEMBER
    told = Delivery.objects.filter(game=ahead, notice="cancelled")
    assert [d.target_id for d in told] == [ben.user.discord_id]
    client.force_login(ben.user)
    page = client.get(reverse("game", args=[over.guild_id, over.id])).content.decode()
    assert "Former member" in page
    assert client.get(reverse("my-games")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_deleting_waits_for_a_sign_up_under_way_and_twice_is_once() -> None:
    game = make_game()
    mira = make_member(game.guild)
    answer_maybe(game_id=game.id, member=mira, via=Via.BOT)

    with racing() as race:
        lock_game(game.guild_id, game.id)
        race.begin(*[lambda: delete_person(user=User.objects.get(id=mira.user_id))] * 2)
        join_game(game_id=game.id, member=mira, via=Via.BOT)

    race.results()
    assert not User.objects.filter(id=mira.user_id).exists()
    assert [p.name for p in get_snapshot(game.id).declined] == ["Former member"]


def test_two_people_of_one_game_can_both_be_deleted(place: tuple[Member, Member]) -> None:
    member, ben = place
    game = make_game(make_member(member.guild))
    for one in place:
        answer_maybe(game_id=game.id, member=one, via=Via.BOT)

    for one in (member, ben):
        delete_person(user=one.user)

    rows = Participant.objects.filter(game=game)
    assert [(p.user_id, p.answer) for p in rows] == [(None, Answer.DECLINED)] * 2


def test_name_of_the_former_is_in_the_guilds_language(member: Member) -> None:
    Guild.objects.filter(id=member.guild_id).update(locale="de")
    game = make_game(make_member(member.guild))
    join_game(game_id=game.id, member=member, via=Via.BOT)

    delete_person(user=member.user)

    assert game.participants.get().name


def test_deleting_ends_every_session(client: Client, user: User) -> None:
    other = Client()
    other.force_login(user)

    client.post(reverse("delete-me"), {"sure": "yes"})

    for each in (client, other):
        assert each.get(reverse("my-games")).status_code == 302


def test_operators_local_account_is_not_deleted_on_the_web(client: Client) -> None:
    operator = User.objects.create_superuser("operator", "a-long-password")
    client.force_login(operator)

    assert client.post(reverse("delete-me"), {"sure": "yes"}).status_code == 422
    assert User.objects.filter(id=operator.id).exists()
    assert client.post(reverse("log-out-everywhere")).status_code == 302
    assert client.get(PAGE).status_code == 302
    assert client.login(username="operator", password="a-long-password")


def test_logging_out_everywhere_ends_all_sessions_of_that_person(
    client: Client, user: User
) -> None:
    elsewhere, somebody = Client(), Client()
    elsewhere.force_login(user)
    somebody.force_login(make_user())

    assert client.post(reverse("log-out-everywhere"))["Location"] == "/"

    assert client.get(PAGE).status_code == 302
    assert elsewhere.get(PAGE).status_code == 302
    assert somebody.get(PAGE).status_code == 200


def test_ending_sessions_leaves_people_able_to_log_in(client: Client, user: User) -> None:
    end_sessions(user)
    user.refresh_from_db()
    assert not user.has_usable_password()
    client.force_login(user)
    assert client.get(PAGE).status_code == 200
    assert Session.objects.exists()


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        yield fake


def with_token(client: Client) -> None:
    session = client.session
    remember_token(session, TOKEN)
    session.save()


def test_own_servers_are_asked_for_again_after_five_minutes(
    client: Client, member: Member, discord: FakeDiscord
) -> None:
    with_token(client)
    discord.guilds = []

    for _ in range(3):
        assert client.get(PAGE).status_code == 200
    assert len(discord.asked) == 1
    member.refresh_from_db()
    assert member.left_at is not None
    assert "Tavern" not in client.get(PAGE).content.decode()


def test_who_took_access_back_is_logged_out(
    client: Client, user: User, discord: FakeDiscord
) -> None:
    with_token(client)
    discord.statuses["/guilds"] = 401

    assert client.get(PAGE)["Location"].startswith("/?next=")
    assert "_auth_user_id" not in client.session


def test_unreachable_discord_is_said_and_asked_again_soon(
    client: Client, member: Member, discord: FakeDiscord
) -> None:
    with_token(client)
    discord.statuses["/guilds"] = 503

    for _ in range(2):
        text = client.get(PAGE).content.decode()
        assert "Discord is not answering" in text
        assert "Tavern" in text
    assert len(discord.asked) == 1
    session = client.session
    session["discord_asked"] = {key: when - 31 for key, when in session["discord_asked"].items()}
    session.save()
    discord.statuses.clear()
    discord.guilds = [{"id": str(member.guild_id), "permissions": "0"}]
    assert "Discord is not answering" not in client.get(PAGE).content.decode()


def test_queries_do_not_grow_with_servers(client: Client, user: User) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    counts = []
    for servers in (1, 10):
        for _ in range(servers):
            guild = make_member(make_guild(), user).guild
            Feed.objects.create(user=user, guild=guild, token_hash=str(guild.id))
        counts.append([count(PAGE), count(reverse("my-data")), count(reverse("delete-me"))])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 10 + 3  # the export reads every table
