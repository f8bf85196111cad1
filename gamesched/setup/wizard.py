"""The questions of the set-up, each repeated until Discord accepts the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from getpass import getpass
from typing import Protocol

from gamesched.setup.discord import (
    Application,
    Unreachable,
    Wrong,
    check_secret,
    read_application,
)
from gamesched.setup.values import (
    Unusable,
    clean_client_id,
    clean_owner_ids,
    clean_secret,
    clean_site_url,
    clean_token,
)


class GivenUp(Exception):
    """The set-up ended and wrote nothing. The message is shown last."""


@dataclass(frozen=True)
class Credentials:
    """Checked values for `.env`. The two secrets must never be printed."""

    site_url: str
    token: str
    client_id: str
    secret: str
    owner_ids: str

    def variables(self) -> dict[str, str]:
        return {
            "SITE_URL": self.site_url,
            "DISCORD_BOT_TOKEN": self.token,
            "DISCORD_CLIENT_ID": self.client_id,
            "DISCORD_CLIENT_SECRET": self.secret,
            "DISCORD_OWNER_IDS": self.owner_ids,
        }


class Answers(Protocol):
    """A source of answers: a person, or variables alone."""

    takes_advice: bool

    def get(self, name: str, question: str, default: str, clean: Callable[[str], str]) -> str: ...

    def complain(self, name: str, sentence: str) -> None:
        """Say why the answer is wrong. Raises `GivenUp` if nobody can correct it."""

    def try_again(self, sentence: str) -> None:
        """Say why Discord was not reached, and return to try again. Raises `GivenUp`."""


class Person:
    """A person at a terminal. Enter accepts the value in brackets."""

    takes_advice = True

    def get(self, name: str, question: str, default: str, clean: Callable[[str], str]) -> str:
        is_secret = name in {"DISCORD_BOT_TOKEN", "DISCORD_CLIENT_SECRET"}
        shown = "keep the present one" if is_secret and default else default
        prompt = f"{question}{f' [{shown}]' if shown else ''}: "
        while True:
            typed = getpass(prompt) if is_secret else input(prompt)
            try:
                return clean(typed.strip() or default)
            except Unusable as unusable:
                print(f"  {unusable}\n")

    def complain(self, _name: str, sentence: str) -> None:
        print(f"  {sentence}\n")

    def try_again(self, sentence: str) -> None:
        print(f"  {sentence}")
        if input("  Try again? [Y/n]: ").strip().lower() in {"n", "no"}:
            raise GivenUp("Nothing was written.")


class Variables:
    """Answers for `--no-input`: the first wrong value ends the set-up."""

    takes_advice = False

    def get(self, name: str, _question: str, default: str, clean: Callable[[str], str]) -> str:
        try:
            return clean(default)
        except Unusable as unusable:
            raise GivenUp(f"{name}: {unusable}") from None

    def complain(self, name: str, sentence: str) -> None:
        raise GivenUp(f"{name}: {sentence}")

    def try_again(self, sentence: str) -> None:
        raise GivenUp(sentence)


def ask_credentials(
    answers: Answers, known: Mapping[str, str], base_url: str
) -> tuple[Credentials, Application]:
    """Ask for all credentials, with `known` values as defaults. Raises `GivenUp`."""
    site_url = answers.get(
        "SITE_URL",
        "The dashboard's address",
        known.get("SITE_URL") or f"http://localhost:{known.get('PORT') or 8000}",
        clean_site_url,
    )
    token, application = _ask_application(answers, known, base_url)
    secret = _ask_secret(answers, known, base_url, application)
    owner_ids = answers.get(
        "DISCORD_OWNER_IDS",
        "Discord ids that may use /admin/, or - for nobody",
        # Without a person to confirm it, nobody becomes superuser by default.
        known.get("DISCORD_OWNER_IDS") or (application.owner_id if answers.takes_advice else ""),
        clean_owner_ids,
    )
    return Credentials(site_url, token, application.id, secret, owner_ids), application


def _ask_application(
    answers: Answers, known: Mapping[str, str], base_url: str
) -> tuple[str, Application]:
    """Ask for a bot token and the client id of the same application."""
    offered = known.get("DISCORD_BOT_TOKEN", "")
    wanted = known.get("DISCORD_CLIENT_ID", "")
    while True:
        token, application = _ask_token(answers, offered, base_url)
        print(f"  The bot of {application.name} ({application.id}).\n")
        for _attempt in range(2):
            client_id = answers.get(
                "DISCORD_CLIENT_ID", "Client id", wanted or application.id, clean_client_id
            )
            if client_id == application.id:
                return token, application
            wanted = ""
            answers.complain(
                "DISCORD_CLIENT_ID",
                f"The bot token belongs to another application, {application.name}"
                f" ({application.id}). Take that client id, or the token of {client_id}.",
            )
        offered, wanted = "", client_id


def _ask_token(answers: Answers, offered: str, base_url: str) -> tuple[str, Application]:
    while True:
        token = answers.get("DISCORD_BOT_TOKEN", "Bot token (not shown)", offered, clean_token)
        try:
            return token, _patiently(answers, partial(read_application, base_url, token))
        except Wrong as wrong:
            offered = ""
            answers.complain("DISCORD_BOT_TOKEN", str(wrong))


def _ask_secret(
    answers: Answers, known: Mapping[str, str], base_url: str, application: Application
) -> str:
    offered = known.get("DISCORD_CLIENT_SECRET", "")
    while True:
        secret = answers.get(
            "DISCORD_CLIENT_SECRET", "Client secret (not shown)", offered, clean_secret
        )
        try:
            _patiently(answers, partial(check_secret, base_url, application.id, secret))
        except Wrong as wrong:
            offered = ""
            answers.complain("DISCORD_CLIENT_SECRET", str(wrong))
        else:
            return secret


def _patiently[T](answers: Answers, ask: Callable[[], T]) -> T:
    """Ask Discord, and again with the same values while it is unreachable."""
    while True:
        try:
            return ask()
        except Unreachable as unreachable:
            answers.try_again(str(unreachable))
