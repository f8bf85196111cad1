"""Every page as owner, host, member, stranger and operator, in a real browser.

The pages are served as in production.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from guilds.manual.contents import PAGES as MANUAL
from tests.duration import wait_until
from tests.e2e.conftest import Tavern, button, make_tavern
from tests.e2e.stack import Stack
from tests.e2e.test_web import log_in
from tests.e2e.walker import DESK_DARK, PHONE_DARK, PHONE_LIGHT, Look, Walker
from tests.gamesched.addresses import addresses

pytestmark = pytest.mark.e2e

# Each page, and the queries that change how it looks.
PAGES: dict[str, tuple[str, ...]] = {
    "landing": ("",),
    "help": ("",),
    **{f"help-{name}": ("",) for name in MANUAL},
    "offline": ("",),
    "privacy": ("",),
    "my-games": ("", "?show=past"),
    "settings": ("",),
    "delete-me": ("",),
    "guild": ("", "?view=month", "?q=nothing", "?state=cancelled"),
    "guild-settings": ("", "?edit=server"),
    "channel-settings": ("",),
    "games-import": ("",),
    "template-list": ("",),
    "template-new": ("",),
    "template-edit": ("",),
    "template-delete": ("",),
    "game": ("",),
    "game-new": ("", "?template={template_id}"),
    "game-clone": ("",),
    "game-edit": ("",),
    "game-cancel": ("",),
    "game-repeat": ("",),
    "game-roster": ("",),
    "game-deliveries": ("",),
}
MEMBERS_SEE = {"guild", "game", "game-new"}
HOSTS_SEE = MEMBERS_SEE | {
    "game-clone",
    "game-edit",
    "game-cancel",
    "game-repeat",
    "game-roster",
    "game-deliveries",
}


@dataclass
class Place:
    """A server with a little of everything. `ids` are values for the addresses' parameters."""

    stack: Stack
    tavern: Tavern
    people: dict[str, int]
    ids: dict[str, Any]

    def of_guild(self) -> dict[str, str]:
        return {n: path for n, path in addresses(self.ids).items() if path.startswith("/g/")}


@pytest.fixture(scope="module")
def production(stack: Stack) -> Iterator[Stack]:
    """The web process, configured as on a public server."""
    stack.environment["DEBUG"] = "0"
    stack.manage("collectstatic", "--noinput", "--verbosity", "0")
    restart_web(stack)
    yield stack
    stack.environment["DEBUG"] = "1"
    restart_web(stack)


def restart_web(stack: Stack) -> None:
    stack.stop("web")
    stack.start("web")
    stack.wait_for_web()


@pytest.fixture(scope="module")
def place(production: Stack) -> Place:
    tavern = make_tavern(production, "The Prancing Pony")
    host, member = tavern.new_member("hugo"), tavern.new_member("mia")
    stranger = int(production.sandbox.make_user("mallory")["id"])
    tavern.post_game(title="Called off", when="in 5 hours")
    [(game,)] = production.rows("select id from games_game where title = 'Called off'")
    message = replace(tavern, host=host).post_game(
        title="The long way round", max_players=1, repeat="weekly"
    )
    game_id = button(message, "join").split(":")[1]
    for one in (member, tavern.new_member("ben")):
        tavern.press(one, message, "join")
    for what in ("decline", "join"):  # ben is promoted and told so
        tavern.press(member, message, what)
    production.shell(SOME_MORE.format(guild=tavern.id, channel=tavern.channel, game=game))
    [(template,)] = production.rows("select id from games_template")
    deliveries = "select id from notifications_delivery where game_id = %s"
    delivery = wait_until(lambda: production.rows(deliveries, game_id))[0][0]
    return Place(
        production,
        tavern,
        {"owner": tavern.host, "host": host, "member": member, "stranger": stranger},
        {
            "guild_id": tavern.id,
            "game_id": game_id,
            "channel_id": tavern.channel,
            "template_id": template,
            "delivery_id": delivery,
            "token": "x" * 43,
            "image_id": "00000000-0000-4000-8000-000000000000",
        },
    )


SOME_MORE = """
from games.enums import Via
from games.services.cancellation import cancel_game
from games.services.template import save_template
from guilds.models import Member
owner = Member.objects.select_related("user", "guild").filter(guild={guild}).get(
    user__display_name="Hazel the Host")
cancel_game(member=owner, game_id={game}, reason="The hall is flooded", via=Via.WEB)
save_template(member=owner, template_id=None, values=dict(
    name="Long campaign", channel_id={channel}, max_players=4, locked_fields=["max_players"],
    slots=[dict(name="Tank", emoji="", capacity=1), dict(name="Healer", emoji="", capacity=2)]))
"""


@pytest.fixture
def walk_as(place: Place, browser: Browser) -> Iterator[Any]:
    walkers: list[Walker] = []

    def start(role: str, *looks: Look) -> Walker:
        page = log_in(browser, place.stack, place.people[role])
        walkers.append(Walker(page, role, looks or (PHONE_LIGHT, DESK_DARK)))
        return walkers[-1]

    yield start
    for walker in walkers:
        walker.page.context.close()


def walk(walker: Walker, paths: dict[str, str], ids: dict[str, Any]) -> dict[str, int]:
    """Visit all pages; returns each address's kind of response by name."""
    statuses = {}
    for name, path in paths.items():
        answer = walker.ask("GET", path)
        statuses[name] = answer.status
        if answer.status == 200 and "<html" in answer.text():
            for query in PAGES[name]:
                walker.visit(name + query, path + query.format(**ids))
    return statuses


def seen(walker: Walker) -> set[str]:
    return {name.partition("?")[0] for name in walker.visited}


def test_the_owner_walks_through_every_page(place: Place, walk_as: Any) -> None:
    walker = walk_as("owner")
    walk(walker, addresses(place.ids), place.ids)
    assert seen(walker) == set(PAGES), "a page is new or gone: PAGES names them all"
    assert not walker.problems, "\n".join(sorted(set(walker.problems)))


@pytest.mark.parametrize(("role", "pages"), [("host", HOSTS_SEE), ("member", MEMBERS_SEE)])
def test_others_walk_through_what_is_theirs(
    place: Place, walk_as: Any, role: str, pages: set[str]
) -> None:
    walker = walk_as(role, PHONE_DARK)
    statuses = walk(walker, place.of_guild(), place.ids)
    assert seen(walker) == pages
    assert {statuses[name] for name in (set(PAGES) & set(statuses)) - pages} == {403}
    walker.visit("my-games", "/games/")
    assert not walker.problems, "\n".join(sorted(set(walker.problems)))


def test_strangers_find_nothing(place: Place, walk_as: Any) -> None:
    walker = walk_as("stranger")
    for name, path in place.of_guild().items():
        answers = [walker.ask(method, path).status for method in ("GET", "POST")]
        assert set(answers) <= {404, 405}, name
        assert 404 in answers, name
    walker.visit("404", f"/g/{place.tavern.id}/", status=404)
    walker.visit("my-games", "/games/")
    assert not walker.problems, "\n".join(sorted(set(walker.problems)))


def test_pages_of_trouble(place: Place, walk_as: Any) -> None:
    walker = walk_as("member")
    walker.visit("403", f"/g/{place.tavern.id}/settings/", status=403)
    walker.visit("404", "/nowhere/", status=404)
    walker.visit("my-games", "/games/")
    walker._expected = 403
    walker.page.evaluate(
        """() => {
            const form = document.querySelector("form[action*=logout]");
            form.elements.csrfmiddlewaretoken.remove();
            form.submit();
        }"""
    )
    walker.page.wait_for_url("**/logout/")
    walker.look("403-csrf")
    place.stack.execute("alter table guilds_feed rename to feed_away")
    try:
        walker.visit("500", "/settings/", status=500)
    finally:
        place.stack.execute("alter table feed_away rename to guilds_feed")
    place.stack.stop("web")
    try:
        walker.visit("offline", "/games/")  # by the service worker
        assert "No connection" in walker.page.title()
    finally:
        place.stack.start("web")
        place.stack.wait_for_web()
    assert not walker.problems, "\n".join(sorted(set(walker.problems)))


def test_the_operator_walks_through_the_admin(place: Place, walk_as: Any) -> None:
    walker = walk_as("owner")
    password = "a long one, for a walk"
    make = "from guilds.models import User; User.objects.create_superuser('root', {!r})"
    place.stack.shell(make.format(password))
    walker.page.context.clear_cookies()
    walker.visit("admin login", "/admin/login/")
    walker.page.get_by_label("Username").fill("root")
    walker.page.get_by_label("Password").fill(password)
    walker.page.get_by_role("button", name="Log in").click()
    walker.visit("admin", "/admin/")
    links = walker.page.locator("#content-main th a").evaluate_all(
        "all => all.map(a => a.pathname)"
    )
    assert len(links) > 10
    for link in links:
        walker.visit(link, link)
        rows = walker.page.locator("#result_list tbody a")
        if found := rows.evaluate_all("all => all.map(a => a.href)"):
            walker.visit(f"{link} one", found[0])
    place.stack.execute("delete from guilds_session; delete from django_admin_log")
    place.stack.execute("delete from guilds_user where username = 'root'")
    assert not walker.problems, "\n".join(sorted(set(walker.problems)))
