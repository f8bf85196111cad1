"""The announcement on the web: its preview, and posting it again."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.models import Game
from guilds.models import Channel, Guild, Member
from notifications.models import Announcement
from notifications.templatetags.discord import discord_text
from tests.factories import make_game, make_member
from tests.games.forms.form_data import SEES, make_place, make_role, new_game_data
from tests.games.forms.test_edited_game import shown_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def host(client: Client) -> Member:
    guild, _channel, _member = make_place()
    host = make_member(guild, permissions=int(SEES))
    client.force_login(host.user)
    return host


@pytest.fixture
def channel(host: Member) -> Channel:
    return Channel.objects.get(guild=host.guild)


def preview(client: Client, guild: Guild, data: dict[str, Any], **headers: str) -> str:
    response = client.post(reverse("game-preview", args=[guild.id]), data, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_what_discord_will_and_keeps_nothing(
    client: Client, host: Member, channel: Channel
) -> None:
    data = new_game_data(
        channel,
        title="*Moria* <script>alert(1)</script>",
        description="Bring **dice**\nand https://example.org/x",
        slots_id="",
        slots_name="Tank",
        slots_emoji="",
        slots_capacity="2",
    )

    text = preview(client, host.guild, data, **HTMX)

    assert "*Moria* &lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Bring **dice**<br>and <a href=" in text
    assert "Tank (0/2)" in text
    assert "In #games" in text
    assert not Game.objects.exists()


def test_says_what_is_missing(client: Client, host: Member, channel: Channel) -> None:
    text = preview(client, host.guild, new_game_data(channel, when=""), **HTMX)

    assert "Not complete yet. The time is missing." in text


def test_without_a_script_it_comes_with_the_form(
    client: Client, host: Member, channel: Channel
) -> None:
    text = preview(client, host.guild, new_game_data(channel, title="Keep me"))

    assert 'class="discord"' in text
    assert 'name="title" value="Keep me"' in text


def test_of_an_edit_shows_the_game_as_it_would_be(
    client: Client, host: Member, channel: Channel
) -> None:
    game = make_game(host, channel, title="Old")
    data = shown_in(client, reverse("game-edit", args=[host.guild_id, game.id]))
    address = f"{reverse('game-preview', args=[host.guild_id])}?game={game.id}"

    changed = {**data, "title": "New", "max_players": "9", "slots_name": "Bard"}
    rows = {"slots_id": "", "slots_emoji": "", "slots_capacity": "1"}
    text = client.post(address, {**changed, **rows}, headers=HTMX).content.decode()

    assert "New" in text
    assert "(0/9)" in text
    assert "Bard (0/1)" in text
    game.refresh_from_db()
    assert game.title == "Old"
    for odd in ("x", "0", "9" * 30, str(make_game().id)):
        odd_address = f"{reverse('game-preview', args=[host.guild_id])}?game={odd}"
        assert client.post(odd_address, data).status_code == 404


def test_lost_announcement_is_posted_again_once(
    client: Client, host: Member, channel: Channel
) -> None:
    game = make_game(host, channel)
    address = reverse("game-repost", args=[host.guild_id, game.id])
    page = reverse("game", args=[host.guild_id, game.id])
    assert "Post it again" not in client.get(page).content.decode()
    Announcement.objects.filter(game=game).update(lost_at=timezone.now(), message_id=5)
    assert "Post it again" in client.get(page).content.decode()
    form = {"form_id": str(uuid4())}

    said = [client.post(address, form, follow=True).content.decode() for _ in range(2)]

    assert all("on its way" in text for text in said)
    announcement = Announcement.objects.get(game=game)
    assert (announcement.post_number, announcement.lost_at) == (2, None)
    assert "on its way" in client.post(address, follow=True).content.decode()
    Announcement.objects.filter(game=game).update(message_id=6)
    assert "in its channel already" in client.post(address, follow=True).content.decode()
    assert Announcement.objects.get(game=game).post_number == 2


def test_one_that_is_still_tried_is_not_posted_beside_itself(
    client: Client, host: Member, channel: Channel
) -> None:
    """If Discord's answer was lost, the post may exist; the next try finds it."""
    game = make_game(host, channel)
    rows = Announcement.objects.filter(game=game)
    rows.update(last_error="no answer", is_in_flight=True, render_at=timezone.now())
    page = reverse("game", args=[host.guild_id, game.id])
    address = reverse("game-repost", args=[host.guild_id, game.id])

    assert "Post it again" not in client.get(page).content.decode()
    assert "on its way" in client.post(address, follow=True).content.decode()
    assert rows.get().post_number == 1

    rows.update(last_error="Missing Access", is_in_flight=False, render_at=None)
    assert "Post it again" in client.get(page).content.decode()
    client.post(address)
    assert rows.get().post_number == 2


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a & <b>", "a &amp; &lt;b&gt;"),
        (r"\*a\*", "*a*"),
        ("<@&5>", '<span class="discord-mention">@Players</span>'),
        ("<@&6>", '<span class="discord-mention">@?</span>'),
        ("@everyone", '<span class="discord-mention">@everyone</span>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        (
            '[a"b](https://e.org/)',
            '<a href="https://e.org/" rel="noopener nofollow" target="_blank">a&quot;b</a>',
        ),
    ],
)
def test_text_as_discord_shows_it(text: str, html: str) -> None:
    assert discord_text(text, {5: "Players"}) == html


def test_times_are_shown_on_the_readers_clock() -> None:
    html = discord_text("<t:1900000000:F> (<t:1900000000:R>) <t:999999999999:F>", {})

    assert 'datetime="2030-03-17T17:46:40+00:00" data-when="full"' in html
    assert 'data-relative="2030-03-17T17:46:40+00:00"' in html
    assert html.endswith("?")


def test_everyone_is_a_role_too(client: Client, host: Member, channel: Channel) -> None:
    make_role(host.guild)
    owner = Member.objects.get(guild=host.guild, user__discord_id=host.guild.owner_id)
    client.force_login(owner.user)

    data = new_game_data(channel, notify_role_ids=[str(host.guild_id)])

    assert "@everyone" in preview(client, host.guild, data, **HTMX)


def test_editing_an_announced_game_does_not_say_that_it_will_be_announced(
    client: Client, host: Member, channel: Channel
) -> None:
    game = make_game(host, channel)
    data = shown_in(client, reverse("game-edit", args=[host.guild_id, game.id]))
    address = f"{reverse('game-preview', args=[host.guild_id])}?game={game.id}"
    text = client.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert "as soon as you save" in text
    assert "as soon as you announce it" not in text
