import pytest

from guilds.enums import Permission
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Channel, Guild, Member, Role
from guilds.selectors import max_players_of
from guilds.services.guild import delete_channel, forget_role
from guilds.services.settings import configure_channel, configure_guild
from tests.factories import make_channel, make_guild, make_member
from tests.racing import racing

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Member:
    return make_member(make_guild(), permissions=int(Permission.MANAGE_GUILD))


def test_configure_guild_sets_and_unsets(admin: Member) -> None:
    configure_guild(member=admin, values={"max_players": 9, "reminder_minutes": [15, 60, 15]})
    admin.guild.refresh_from_db()
    assert (admin.guild.max_players, admin.guild.reminder_minutes) == (9, [60, 15])
    configure_guild(member=admin, values={"max_players": None})
    admin.guild.refresh_from_db()
    assert admin.guild.max_players is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_players", 101),
        ("max_players", 0),
        ("reminder_minutes", [1, 2, 3, 4, 5, 6]),
        ("reminder_minutes", [0]),
        ("default_rules", "x" * 1001),
        ("timezone", "Mars/Base"),
        ("duration_minutes", 0),
        ("archive_after_minutes", 0),
        ("archive_after_minutes", 7 * 24 * 60 + 1),
        ("manager_role_ids", [123]),
    ],
)
def test_configure_guild_refuses_naming_the_setting(
    admin: Member, name: str, value: object
) -> None:
    with pytest.raises(Refused) as refused:
        configure_guild(member=admin, values={name: value})
    assert refused.value.field == name


def test_configure_is_for_those_who_may(admin: Member) -> None:
    channel = make_channel(admin.guild)
    plain = make_member(admin.guild)
    with pytest.raises(NotAllowed):
        configure_guild(member=plain, values={"max_players": 3})
    with pytest.raises(NotAllowed):
        configure_channel(member=plain, channel_id=channel.id, values={"max_players": 3})
    keeper = make_member(admin.guild, permissions=int(Permission.MANAGE_CHANNELS))
    configure_channel(member=keeper, channel_id=channel.id, values={"max_players": 3})
    channel.refresh_from_db()
    assert max_players_of(channel).value == 3
    assert max_players_of(channel).source == "channel"


def test_configure_channel_of_another_guild_is_unknown(admin: Member) -> None:
    elsewhere = make_channel(make_guild())
    with pytest.raises(NotFound):
        configure_channel(member=admin, channel_id=elsewhere.id, values={"max_players": 3})


@pytest.mark.django_db(transaction=True)
def test_a_channel_deleted_meanwhile_stays_deleted(admin: Member) -> None:
    channel = make_channel(admin.guild)

    with racing() as race:
        delete_channel(channel.id)
        race.begin(
            lambda: configure_channel(
                member=admin, channel_id=channel.id, values={"max_players": 3}
            )
        )

    with pytest.raises(NotFound):
        race.results()
    assert Channel.objects.get(id=channel.id).deleted_at


@pytest.mark.django_db(transaction=True)
def test_managers_chosen_while_a_role_is_deleted_stay_chosen(admin: Member) -> None:
    guild = admin.guild
    gone, kept = (Role.objects.create(id=n, guild=guild, name=f"role {n}") for n in (11, 12))
    configure_guild(member=admin, values={"manager_role_ids": [gone.id]})

    with racing() as race:
        configure_guild(member=admin, values={"manager_role_ids": [gone.id, kept.id]})
        race.begin(lambda: forget_role(guild.id, gone.id))

    race.results()
    assert Guild.objects.get(id=guild.id).manager_role_ids == [kept.id]
