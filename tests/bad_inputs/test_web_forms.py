"""B39 to B50: forms and pages of the dashboard."""

import csv
import io
import re
import socket
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.game_edit import edit_game
from guilds.models import Channel, Member
from tests.duration import within
from tests.factories import make_game
from tests.games.forms.form_data import make_place, new_game_data
from tests.games.forms.test_edited_game import shown_in

pytestmark = pytest.mark.django_db
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{constructor}}",
    "</title>x",
]


@pytest.fixture
def host(client: Client) -> Member:
    member = make_place()[2]
    client.force_login(member.user)
    return member


@pytest.fixture
def game(host: Member) -> Game:
    return make_game(host, Channel.objects.get(guild=host.guild))


def address(name: str, game: Game) -> str:
    return reverse(name, args=[game.guild_id, game.id])


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "x" * 32}, {"Origin": "https://evil"}])
def test_b39_post_without_or_with_a_foreign_token(game: Game, headers: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(game.host)
    response = strict.post(address("game-join", game), {"form_id": str(uuid4())}, headers=headers)
    assert response.status_code == 403
    assert not game.participants.exists()


def test_b42_edit_with_a_stale_revision(client: Client, game: Game, host: Member) -> None:
    data = shown_in(client, address("game-edit", game))
    edit_game(game_id=game.id, member=host, values={"title": "Theirs"}, via=Via.BOT)
    response = client.post(address("game-edit", game), {**data, "title": "Mine"})
    assert response.status_code == 409
    assert "Theirs" in response.content.decode()
    assert Game.objects.get(id=game.id).title == "Theirs"


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/", "file:///etc/passwd", "javascript:alert(1)", "data:image/png,x",
     "https://user:pw@h/", "https://h/" + "x" * 3000, "https://аррӏе.com/x.png"],
)  # fmt: skip
def test_b43_address_of_a_picture_is_never_asked_for(
    client: Client, game: Game, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """No field makes the site fetch an address, since pictures are uploaded."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, where: Any) -> None:
        assert not isinstance(where, tuple) or where[0] in {"127.0.0.1", "::1", "localhost"}
        connect(self, where)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    channel = Channel.objects.get(id=game.channel_id)
    data = new_game_data(channel, image=url, image_url=url, image_upload=url, location=url)
    response = client.post(reverse("game-new", args=[game.guild_id]), data)
    assert response.status_code in {302, 422}
    assert not Game.objects.exclude(image=None).exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x" * 10_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % n for n in range(10_000)), "application/x-www-form-urlencoded"),
        (b"[" * 100_000, "application/json"),
        (b"form_id=\xff\xfe&title=\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
        (b"\x00" * 100, "text/plain"),
    ],
    ids=["10 MB", "10000 fields", "deep JSON", "no UTF-8", "cut short", "no boundary", "NUL"],
)
def test_b44_body_that_is_none(client: Client, game: Game, body: bytes, kind: str) -> None:
    with within(2):
        response = client.post(address("game-join", game), body, content_type=kind)
    assert response.status_code in {200, 400, 413, 422}
    assert not game.participants.exists()


@pytest.mark.parametrize("text", MARKUP)
def test_b45_markup_in_texts_is_text(client: Client, host: Member, text: str) -> None:
    game = make_game(host, Channel.objects.get(), title=text, description=text, location=text)
    for name in ("game", "guild", "my-games"):
        args = {"game": [game.guild_id, game.id], "guild": [game.guild_id]}.get(name)
        response = client.get(reverse(name, args=args))
        html = response.content.decode()
        assert response.status_code == 200
        assert not any(raw in html for raw in ("<script>alert", "<img src=x", "</title>x"))
        assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "query",
    ["page=-1", "page=1000000000", "after=tampered", "before=x", "q=%00", "q=%ff", "month=9999-99",
     "day=x", "channel=18446744073709551616", "state=nonsense", "after=" + "A" * 4000,
     "q=" + "%25" * 300],
)  # fmt: skip
def test_b47_pages_and_searches_that_make_no_sense(client: Client, game: Game, query: str) -> None:
    for path in (reverse("guild", args=[game.guild_id]), reverse("my-games")):
        with within(2):
            assert client.get(f"{path}?{query}").status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "＝1+1", " =1", "\t=1",
     "\rx", "\nx"],
)  # fmt: skip
def test_b48_no_cell_of_an_exported_table_is_taken_for_a_formula(
    client: Client, game: Game, text: str
) -> None:
    # Written without the services, which would strip blanks and control characters.
    Game.objects.filter(id=game.id).update(title=text, description=text, location=text)
    game.participants.create(name=text, joined_at=timezone.now())
    owner = Member.objects.get(guild=game.guild, user__discord_id=game.guild.owner_id)
    client.force_login(owner.user)
    for name in ("games-csv", "rosters-csv"):
        answer: Any = client.get(reverse(name, args=[game.guild_id]))
        data = b"".join(answer.streaming_content).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(data, newline=""))
        shown = {cell for cell in row.values() if text.strip() in cell}
        assert len(shown) == 1, shown
        assert re.sub(r"(^|[\t\r\n])'", r"\1", shown.pop()) == text
        assert not any(cell.lstrip().startswith(tuple("=+-@＝")) for cell in row.values())


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options", "trace"])
def test_b49_methods_that_an_address_does_not_take(client: Client, game: Game, method: str) -> None:
    for name in ("game-join", "game-decline"):
        call: Any = getattr(client, method)
        response = call(address(name, game), headers={"X-HTTP-Method-Override": "POST"})
        assert response.status_code == 405
    assert not game.participants.exists()


@pytest.mark.parametrize("host_name", ["evil.example", "localhost.evil.example", "a b", ""])
def test_b50_other_host_name(client: Client, host_name: str) -> None:
    assert client.get("/", headers={"Host": host_name}).status_code == 400


def test_b50_forwarded_host_changes_no_link(client: Client, game: Game) -> None:
    response = client.get(address("game", game), headers={"X-Forwarded-Host": "evil.example"})
    assert response.status_code == 200
    assert "evil.example" not in response.content.decode()
