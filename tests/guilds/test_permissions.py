"""Every right for every kind of person."""

import pytest

from guilds.enums import NO_PERMISSIONS, Permission
from guilds.permissions import (
    OUTSIDER,
    Standing,
    can_administer,
    can_configure_channel,
    can_edit_game,
    can_host,
    can_join,
    can_manage,
)
from guilds.rules import channel_permissions, guild_permissions, inherit

MANAGER_ROLE, HOST_ROLE, PLAYER_ROLE = 11, 12, 13


def person(
    *, owner: bool = False, bits: Permission = NO_PERMISSIONS, roles: tuple[int, ...] = ()
) -> Standing:
    return Standing(
        is_member=True,
        is_owner=owner,
        permissions=bits,
        role_ids=frozenset(roles),
        manager_role_ids=frozenset({MANAGER_ROLE}),
        host_role_ids=frozenset({HOST_ROLE}),
    )


PEOPLE = {
    "owner": person(owner=True),
    "administrator": person(bits=Permission.ADMINISTRATOR),
    "manage guild": person(bits=Permission.MANAGE_GUILD),
    "manager role": person(roles=(MANAGER_ROLE,)),
    "manage channels": person(bits=Permission.MANAGE_CHANNELS),
    "host role": person(roles=(HOST_ROLE,)),
    "player role": person(roles=(PLAYER_ROLE,)),
    "member": person(),
    "outsider": OUTSIDER,
}

#                 admin  manage channel host  edit  join(role)
RIGHTS = {
    "owner": (True, True, True, True, True, False),
    "administrator": (True, True, True, True, True, False),
    "manage guild": (True, True, True, True, True, False),
    "manager role": (False, True, True, True, True, False),
    "manage channels": (False, False, True, False, False, False),
    "host role": (False, False, False, True, False, False),
    "player role": (False, False, False, False, False, True),
    "member": (False, False, False, False, False, False),
    "outsider": (False, False, False, False, False, False),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_rights_of(who: str) -> None:
    standing = PEOPLE[who]
    assert RIGHTS[who] == (
        can_administer(standing),
        can_manage(standing),
        can_configure_channel(standing),
        can_host(standing),
        can_edit_game(standing, is_host=False),
        can_join(standing, [PLAYER_ROLE]),
    )


def test_host_edits_own_game_only_while_a_member() -> None:
    assert can_edit_game(PEOPLE["member"], is_host=True)
    assert not can_edit_game(OUTSIDER, is_host=True)


def test_anyone_hosts_and_joins_where_no_role_is_asked() -> None:
    member = Standing(is_member=True)
    assert can_host(member)
    assert can_join(member)
    assert not can_host(member, [HOST_ROLE])


def test_channel_overwrites_apply_in_discords_order() -> None:
    base = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES
    everyone = {"id": "1", "type": 0, "allow": "0", "deny": str(int(Permission.SEND_MESSAGES))}
    role = {"id": "5", "type": 0, "allow": str(int(Permission.SEND_MESSAGES)), "deny": "0"}
    own = {"id": "9", "type": 1, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}

    def computed(overwrites: list[dict[str, object]]) -> Permission:
        return channel_permissions(base, guild_id=1, user_id=9, role_ids=[5], overwrites=overwrites)

    assert computed([everyone]) == Permission.VIEW_CHANNEL
    assert computed([everyone, role]) == base
    assert computed([everyone, role, own]) == NO_PERMISSIONS


def test_guild_permissions_join_everyone_and_roles() -> None:
    roles = {1: int(Permission.VIEW_CHANNEL), 5: int(Permission.MANAGE_GUILD)}
    bits = guild_permissions(is_owner=False, guild_id=1, role_ids=[5], roles=roles)
    assert bits == Permission.VIEW_CHANNEL | Permission.MANAGE_GUILD


@pytest.mark.parametrize(
    ("layers", "value", "source"),
    [
        ({"guild": None, "channel": None}, 5, "default"),
        ({"guild": 8, "channel": None}, 8, "guild"),
        ({"guild": 8, "channel": 3}, 3, "channel"),
    ],
)
def test_inherit_takes_innermost_set(
    layers: dict[str, int | None], value: int, source: str
) -> None:
    setting = inherit(5, **layers)
    assert (setting.value, setting.source) == (value, source)
