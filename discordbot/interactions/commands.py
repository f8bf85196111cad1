"""Slash commands and their options, as we declare them and as Discord is told them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from discordbot.interactions.interaction import Interaction
from discordbot.interactions.localizations import COMMAND, OPTION, described, labelled, named
from discordbot.interactions.responder import Responder

type Run = Callable[[Interaction, Responder], Awaitable[None]]
type Payload = dict[str, Any]
type Words = str | Promise
# Runs in the database's threads: choices for an option of which so much is typed.
type Completion = Callable[[Interaction, str], list[Payload]]

IN_SERVERS, IN_DMS = 0, 1
TEXT, WHOLE, BOOLEAN, CHANNEL = 3, 4, 5, 7
LONGEST_CHOICE = 100


@dataclass(frozen=True)
class Option:
    """`payload` is Discord's JSON in English; `complete` offers choices while it is typed."""

    payload: Payload
    complete: Completion | None = None

    @property
    def name(self) -> str:
        return str(self.payload["name"])

    def localized(self) -> Payload:
        spoken = self.payload | named(self.name, OPTION) | described(self.payload["description"])
        if choices := self.payload.get("choices"):
            spoken["choices"] = [choice | labelled(choice["name"]) for choice in choices]
        return spoken


@dataclass(frozen=True)
class Command:
    """A slash command. Its name and description are translated when Discord is told them."""

    name: str
    description: Words
    run: Run
    options: tuple[Option, ...] = ()
    contexts: tuple[int, ...] = (IN_SERVERS,)
    permissions: int | None = None

    def completion(self, option: str) -> Completion | None:
        return next((one.complete for one in self.options if one.name == option), None)

    def payload(self) -> Payload:
        return {
            **named(self.name, COMMAND),
            "type": 1,
            **described(self.description),
            "options": [option.localized() for option in self.options],
            "contexts": list(self.contexts),
            "integration_types": [0],
            # A number in requests; Discord's answers have it as text.
            "default_member_permissions": self.permissions,
        }


def text(name: str, description: Words, *, longest: int, required: bool = False) -> Option:
    return Option(_text(name, description, longest=longest, required=required))


def completed(
    name: str, description: Words, complete: Completion, *, required: bool = False
) -> Option:
    """A text for which `complete` offers choices."""
    payload = _text(name, description, longest=LONGEST_CHOICE, required=required)
    return Option(payload | {"autocomplete": True}, complete)


def choice(name: str, description: Words, choices: Mapping[str, Words]) -> Option:
    """One of these values, each with its label."""
    labelled_values = [{"name": label, "value": value} for value, label in choices.items()]
    return Option(_option(TEXT, name, description, choices=labelled_values))


def whole(name: str, description: Words, *, least: int, most: int) -> Option:
    return Option(_option(WHOLE, name, description, min_value=least, max_value=most))


def boolean(name: str, description: Words) -> Option:
    return Option(_option(BOOLEAN, name, description))


def channel(name: str, description: Words, kinds: Sequence[int]) -> Option:
    channel_types = sorted(int(kind) for kind in kinds)
    return Option(_option(CHANNEL, name, description, channel_types=channel_types))


def _text(name: str, description: Words, *, longest: int, required: bool) -> Payload:
    return _option(TEXT, name, description, required=required, max_length=longest)


def _option(kind: int, name: str, description: Words, **limits: Any) -> Payload:
    return {"type": kind, "name": name, "description": description, **limits}
