"""The demo's games: one function plans each game and its sign-ups, another ends some of them.

A newcomer is most likely Mira, who owns the server. Some games have something due soon after the
demo is made: a reminder, or the question to a host about too few players.
"""

from collections.abc import Callable

from games.enums import SignupMethod
from games.management.commands._demo_world import Table, World, plan, template_of
from when.repetitions import weekly

SLOTS = (
    {"name": "Tank", "emoji": "🛡️", "capacity": 2},
    {"name": "Healer", "emoji": "💚", "capacity": 2},
    {"name": "Damage", "emoji": "⚔️", "capacity": 4},
)


def archived(world: World) -> None:
    table = plan(
        world, "archived", "zoe", "board-games", world.at(9, "19:30"),
        title="Wingspan for beginners", duration_minutes=120, max_players=4,
        description="We explain the rules in ten minutes. No bird knowledge needed.",
    )  # fmt: skip
    table.join("mira", "elif")
    table.later(hours=9)
    table.join("sam")


def end_archived(table: Table) -> None:
    table.play(table.world.at(-12, "19:30"))
    table.archive()


def last_week(world: World) -> None:
    table = plan(
        world, "last-week", "jonas", "games", world.at(7, "19:00"),
        title="The Sunless Citadel, part one", duration_minutes=240, max_players=5,
        location="Voice: Dungeon", category="D&D 5e", color=0xC0392B,
    )  # fmt: skip
    table.join("mira", "tomasz", "priya")
    table.later(days=2, hours=5)
    table.cannot("priya")
    table.later(hours=20)
    table.join("mateo", "noor", "freya")


def end_last_week(table: Table) -> None:
    table.play(table.world.at(-6, "19:00"))


def yesterday(world: World) -> None:
    table = plan(
        world, "yesterday", "aiko", "games", world.at(3, "22:00", "Asia/Tokyo"),
        title="Mario Kart: 150 cc or nothing", duration_minutes=90, max_players=8,
        category="Video games", color=0x3498DB,
    )  # fmt: skip
    table.join("lucas", "sam", "mira", "elif", "noor")


def end_yesterday(table: Table) -> None:
    table.play(table.world.at(-1, "22:00", "Asia/Tokyo"))


def in_progress(world: World) -> None:
    table = plan(
        world, "in-progress", "lucas", "games", world.after(3 * 60),
        title="Lunch break Tetris duel", duration_minutes=60, max_players=6,
        category="Video games", color=0x3498DB, description="Best of five. Losers bring cake.",
    )  # fmt: skip
    table.join("sam", "freya")
    table.later(minutes=50)
    table.join("aiko", "mateo")


def end_in_progress(table: Table) -> None:
    table.play(table.world.after(-25))
    table.edit(duration_minutes=90)


def cancelled(world: World) -> None:
    table = plan(
        world, "cancelled", "zoe", "games", world.at(2, "21:00"),
        title="Blood on the Clocktower", duration_minutes=150, max_players=12, min_players=7,
        description="Lies, deduction and a demon.",
    )  # fmt: skip
    table.join("jonas", "tomasz", "priya", "mira")
    table.later(days=1)


def end_cancelled(table: Table) -> None:
    table.cancel("I lost my voice, and a storyteller needs one.")


def soon(world: World) -> None:
    table = plan(
        world, "soon", "zoe", "board-games", world.after(19),
        title="Coffee and Codenames", duration_minutes=45, max_players=6,
        reminder_minutes=(15, 5), location="Voice: Café", category="Board games",
        description="One quick round, two teams. Come as you are.",
    )  # fmt: skip
    table.later(hours=3)
    table.join("mira", "elif")
    table.later(hours=1)
    table.join("tomasz", "noor", "sam")
    table.maybe("freya")
    table.later(minutes=20)


def too_few(world: World) -> None:
    table = plan(
        world, "too-few", "mira", "board-games", world.after(63),
        title="Catan: Seafarers", duration_minutes=120, min_players=3, max_players=4,
        description="Needs three to sail. Wood for sheep?",
    )  # fmt: skip
    table.join("priya")
    table.maybe("lucas")
    table.later(hours=6)


def full(world: World) -> None:
    table = plan(
        world, "full", "jonas", "games", world.at(2, "19:00"),
        title="The Sunless Citadel, part two", duration_minutes=240, max_players=5,
        location="Voice: Dungeon", category="D&D 5e", color=0xC0392B,
        notify_role_ids=(world.roles["Regular"].id,),
        description="The goblins know that you are here. Bring a light, bring a rope, "
        "and do not trust the fruit.",
        rules="Characters of level 2. Cameras off is fine.",
    )  # fmt: skip
    table.join("mira", "tomasz", "mateo", "noor")
    table.later(hours=7)
    table.join("freya", "priya", "sam")
    table.later(hours=12)
    table.edit(starts_at=world.at(2, "20:00"))
    table.later(hours=4)
    table.cannot("mateo")
    table.join("lucas")
    table.maybe("elif")
    table.later(hours=1)


def series(world: World) -> None:
    first = world.at(4, "20:00", "America/Sao_Paulo")
    table = plan(
        world, "series", "lucas", "campaigns", first, repeat=weekly(first.date()),
        title="Blades in the Dark", duration_minutes=180, max_players=4, carry_over=True,
        category="Campaign", color=0x2C3E50,
        description="Every week in Doskvol. Who plays stays signed up for the next session.",
    )  # fmt: skip
    table.join("priya", "sam")
    table.later(days=1, hours=3)
    table.join("aiko", "mira")
    table.later(hours=4)


def slots(world: World) -> None:
    table = plan(
        world, "slots", "zoe", "games", world.at(3, "20:30"),
        title="Raid: the Molten Vault", template_id=template_of(world, "Raid"),
        description="Pick a role. We start on time and finish the second boss.",
    )  # fmt: skip
    table.join("tomasz", slot="Tank")
    table.join("elif", slot="Healer")
    table.later(hours=2)
    table.join("freya", "noor", "mateo", slot="Damage")
    table.join("jonas", slot="Healer")
    table.later(hours=5)


def nearly_full(world: World) -> None:
    table = plan(
        world, "nearly-full", "aiko", "games", world.at(5, "21:00", "Asia/Tokyo"),
        title="Night market: Overcooked", duration_minutes=120, max_players=4,
        category="Video games", color=0x3498DB, signup_closes_at=world.at(5, "19:00", "Asia/Tokyo"),
        description="Shouting is part of the recipe.",
    )  # fmt: skip
    table.join("sam", "elif")
    table.later(hours=11)
    table.join("zoe")
    table.later(hours=2)


def host_picks(world: World) -> None:
    table = plan(
        world, "host-picks", "jonas", "campaigns", world.at(9, "18:30"),
        title="Curse of Strahd: finding a party", duration_minutes=210, max_players=4,
        signup_method=SignupMethod.HOST_SELECTED_WAITLIST, category="Campaign", color=0x2C3E50,
        description="A long campaign. Sign up, and I pick the party by Sunday.",
    )  # fmt: skip
    table.join("freya", "noor", "mateo", "mira")
    table.later(hours=8)
    table.add("priya")
    table.add("freya")
    table.later(hours=1)


def guests(world: World) -> None:
    table = plan(
        world, "guests", "tomasz", "board-games", world.at(6, "15:00", "Europe/Warsaw"),
        title="Sunday table: Terraforming Mars", duration_minutes=240,
        template_id=template_of(world, "Board game night"),
    )  # fmt: skip
    table.join("zoe")
    table.add_guest("Tomasz's sister")
    table.later(days=2)


def empty(world: World) -> None:
    plan(
        world, "empty", "priya", "games", world.at(12, "19:00", "Europe/London"),
        title="Gloomhaven, first scenario", duration_minutes=180, max_players=3,
        signup_method=SignupMethod.ROLE_PRIORITY,
        priority_role_ids=(world.roles["Regular"].id,),
        description="Regulars first, then everybody.",
    )  # fmt: skip


def far_away(world: World) -> None:
    table = plan(
        world, "far-away", "mira", "general", world.at(40, "10:00"),
        title="Tavern convention", duration_minutes=10 * 60, max_players=40,
        reminder_minutes=(7 * 24 * 60, 24 * 60), location="The real tavern, upstairs",
        description="A whole day of one-shots. Food is taken care of.",
    )  # fmt: skip
    table.join("jonas", "aiko", "zoe", "tomasz", "elif", "noor", "freya", "sam", "priya")
    table.later(days=3)


def draft(world: World) -> None:
    table = plan(
        world, "draft", "mira", "games", world.at(8, "20:00"),
        title="Surprise one-shot: Alien", duration_minutes=180, max_players=5,
        post_at=world.at(2, "18:00"), description="Nobody hears about it until it is posted.",
    )  # fmt: skip
    table.add("jonas")


# In the order in which they are announced.
GAMES: tuple[Callable[[World], None], ...] = (
    archived, last_week, yesterday, cancelled, far_away, empty, host_picks, guests,
    nearly_full, series, slots, draft, full, in_progress, too_few, soon,
)  # fmt: skip
# How some of them end once they are announced, by the names of the games.
ENDS: dict[str, Callable[[Table], None]] = {
    "archived": end_archived,
    "last-week": end_last_week,
    "yesterday": end_yesterday,
    "cancelled": end_cancelled,
    "in-progress": end_in_progress,
}
