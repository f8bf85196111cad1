"""Pictures: which are accepted, how they are stored, and how they are served."""

import io
import struct
import zlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.checks import check_image
from games.models import Game, Image, Series
from games.pictures import LONGEST_SIDE, shrunk
from games.services import picture as service
from games.services.picture import store_image
from guilds.errors import NotFound, Refused
from guilds.models import Channel, Guild, Member
from tests.factories import make_game, make_guild, make_member
from tests.games.forms.form_data import make_place, new_game_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return make_member(make_guild())


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **fields: Any) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if kind in {"PNG", "WEBP"} else "RGB"
    PIL.Image.new(mode, size, "red").save(out, kind, **fields)
    return out.getvalue()


def file_of(data: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small file that would fill the memory when decoded."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_are_made_anew(member: Member, kind: str) -> None:
    image = store_image(member=member, upload=file_of(picture(kind)))

    made = PIL.Image.open(io.BytesIO(bytes(image.data)))
    assert (made.format, made.size) == ("WEBP", (40, 30))
    assert image.content_type == "image/webp"


def test_large_pictures_shrink_and_stand_upright(member: Member) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "where I live"
    data = picture("JPEG", (3000, 1500), exif=exif)

    image = store_image(member=member, upload=file_of(data))

    made = PIL.Image.open(io.BytesIO(bytes(image.data)))
    assert made.size == (LONGEST_SIDE // 2, LONGEST_SIDE)
    assert not dict(made.getexif())
    assert b"where I live" not in bytes(image.data)


def test_animation_becomes_its_first_picture(member: Member) -> None:
    out = io.BytesIO()
    frames = [PIL.Image.new("RGB", (10, 10), color) for color in ("red", "blue", "green")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    image = store_image(member=member, upload=file_of(out.getvalue()))

    made = PIL.Image.open(io.BytesIO(bytes(image.data)))
    assert getattr(made, "n_frames", 1) == 1


HOSTILE = {
    "empty": b"",
    "text": b"not a picture",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
    "truncated png": picture()[:60],
    "truncated jpeg": picture("JPEG", (400, 300))[:700],
    "truncated webp": picture("WEBP", (400, 300))[:60],
    "truncated gif": picture("GIF")[:20],
    "bomb": png_that_claims(30_000, 30_000),
    "many pixels": png_that_claims(7_000, 7_000),
    "broken png": picture().replace(b"IHDR", b"IHDX"),
    "png with junk": b"\x89PNG\r\n\x1a\n" + b"\xff" * 500,
    "too large": picture("JPEG") + b"\0" * (5 * 1024 * 1024),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_picture_is_refused_in_words(member: Member, what: str) -> None:
    with pytest.raises(Refused) as refused:
        store_image(member=member, upload=file_of(HOSTILE[what], "a.png"))

    assert refused.value.field == "image"
    assert refused.value.message.endswith(".")
    assert not Image.objects.exists()


def test_noise_never_breaks_it(member: Member) -> None:
    data = bytearray(picture("WEBP", (64, 64)) if len(picture()) % 2 else picture("GIF", (64, 64)))
    for place in range(0, len(data), 7):
        broken = bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            shrunk(io.BytesIO(broken))
        except Refused:
            continue


def test_unused_pictures_make_way_and_used_ones_stay(member: Member) -> None:
    old = timezone.now() - timedelta(days=2)
    used, unused, foreign = (
        Image.objects.create(guild=guild, content_type="image/webp", data=b"x")
        for guild in (member.guild, member.guild, make_guild())
    )
    Image.objects.update(created_at=old)
    Game.objects.filter(id=make_game(member).id).update(image=used)
    of_series = Image.objects.create(guild=member.guild, content_type="image/webp", data=b"x")
    Image.objects.filter(id=of_series.id).update(created_at=old)
    Series.objects.create(
        guild=member.guild,
        host=member.user,
        first_date=old.date(),
        start_time=old.time(),
        values={"image_id": str(of_series.id)},
    )

    store_image(member=member, upload=file_of(picture()))

    left = set(Image.objects.values_list("id", flat=True))
    assert {used.id, foreign.id, of_series.id} < left
    assert unused.id not in left


def test_a_flood_of_pictures_is_stopped(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_AN_HOUR", 2)
    for _ in range(2):
        store_image(member=member, upload=file_of(picture()))

    with pytest.raises(Refused, match="a lot of pictures"):
        store_image(member=member, upload=file_of(picture()))


def test_served_to_anybody_and_to_do_nothing_but_be_looked_at(
    client: Client, member: Member
) -> None:
    image = store_image(member=member, upload=file_of(picture()))

    response = client.get(reverse("image", args=[image.id]))

    assert response.content == bytes(image.data)
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Disposition"] == 'inline; filename="picture.webp"'
    assert client.get(reverse("image", args=[uuid4()])).status_code == 404
    assert client.get("/images/../etc/passwd").status_code == 404


class TestInTheForm:
    @pytest.fixture
    def place(self, client: Client) -> tuple[Guild, Channel, Member]:
        place = make_place()
        client.force_login(place[2].user)
        return place

    def test_picture_becomes_the_games(
        self, client: Client, place: tuple[Guild, Channel, Member]
    ) -> None:
        address = reverse("game-new", args=[place[0].id])

        client.post(address, new_game_data(place[1], image_upload=file_of(picture())))

        assert Game.objects.get().image_id == Image.objects.get().id

    def test_picture_is_kept_when_something_else_is_wrong(
        self, client: Client, place: tuple[Guild, Channel, Member]
    ) -> None:
        address = reverse("game-new", args=[place[0].id])
        data = new_game_data(place[1])

        wrong = client.post(address, {**data, "when": "?", "image_upload": file_of(picture())})
        image = Image.objects.get()
        assert wrong.status_code == 422
        assert f'name="image" value="{image.id}"' in wrong.content.decode()

        client.post(address, {**data, "image": str(image.id)})
        assert Game.objects.get().image_id == image.id

    def test_what_is_no_picture_is_said_beside_the_field(
        self, client: Client, place: tuple[Guild, Channel, Member]
    ) -> None:
        address = reverse("game-new", args=[place[0].id])

        response = client.post(
            address, new_game_data(place[1], image_upload=file_of(HOSTILE["svg"]))
        )

        assert response.status_code == 422
        assert 'id="image-error">That file is no picture' in response.content.decode()

    def test_another_guilds_picture_is_refused(
        self, client: Client, place: tuple[Guild, Channel, Member]
    ) -> None:
        foreign = Image.objects.create(guild=make_guild(), content_type="image/webp", data=b"x")
        address = reverse("game-new", args=[place[0].id])

        response = client.post(address, new_game_data(place[1], image=str(foreign.id)))

        assert response.status_code == 422
        assert "That picture is not one of this server" in response.content.decode()
        with pytest.raises(NotFound):
            check_image(place[0], foreign.id)

    def test_bodies_are_limited(self, client: Client, place: tuple[Guild, Channel, Member]) -> None:
        address = reverse("game-new", args=[place[0].id])
        large = file_of(b"\0" * (6 * 1024 * 1024 + 1))

        assert client.post(address, {"image_upload": large}).status_code == 413
        game = make_game(place[2], place[1])
        answer = reverse("game-join", args=[place[0].id, game.id])
        assert client.post(answer, {"x": "y" * (1024 * 1024 + 1)}).status_code == 413
