"""Slash commands as we define them, and their registration with Discord."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from discordbot.interactions.interaction import Interaction
from discordbot.interactions.localizations import COMMAND, OPTION, described, labelled, named
from discordbot.interactions.responder import Responder

type Handler = Callable[[Interaction, Responder], Awaitable[None]]
type Payload = dict[str, Any]
# In the database's threads: what to offer for an option of which so much is typed.
type Completion = Callable[[Interaction, str], list[Payload]]

IN_SERVERS, IN_DMS = 0, 1
TEXT, WHOLE, BOOLEAN, CHANNEL = 3, 4, 5, 7
LONGEST_CHOICE = 100
# What decides whether a command has changed; Discord adds more of its own.
_KEYS = frozenset({
    "name", "description", "type", "options", "contexts", "integration_types", "nsfw",
    "default_member_permissions", "name_localizations", "description_localizations",
    "required", "choices", "value", "min_value", "max_value", "min_length", "max_length",
    "channel_types", "autocomplete",
})  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A slash command. Names and descriptions are translatable; options are Discord's JSON."""

    name: str
    description: Any
    run: Handler
    options: tuple[Payload, ...] = ()
    contexts: tuple[int, ...] = (IN_SERVERS,)
    permissions: int | None = None
    completions: Mapping[str, Completion] = field(default_factory=dict)

    def payload(self) -> Payload:
        return {
            **named(self.name, COMMAND),
            "type": 1,
            **described(self.description),
            "options": [_spoken(option) for option in self.options],
            "contexts": list(self.contexts),
            "integration_types": [0],
            # A number in requests; Discord's answers have it as text.
            "default_member_permissions": self.permissions,
        }


def _spoken(option: Payload) -> Payload:
    spoken = option | named(option["name"], OPTION) | described(option["description"])
    if choices := option.get("choices"):
        spoken["choices"] = [choice | labelled(choice["name"]) for choice in choices]
    return spoken


def text(name: str, description: Any, *, longest: int, required: bool = False) -> Payload:
    return {
        "type": TEXT,
        "name": name,
        "description": description,
        "required": required,
        "max_length": longest,
    }


def completed(name: str, description: Any, *, required: bool = False) -> Payload:
    """A text with completions, which are the command's `completions[name]`."""
    option = text(name, description, longest=LONGEST_CHOICE, required=required)
    return option | {"autocomplete": True}


def choice(name: str, description: Any, choices: Mapping[str, Any]) -> Payload:
    """One of these values, each with what it is called."""
    return {
        "type": TEXT,
        "name": name,
        "description": description,
        "choices": [{"name": label, "value": value} for value, label in choices.items()],
    }


def whole(name: str, description: Any, *, least: int, most: int) -> Payload:
    return {
        "type": WHOLE,
        "name": name,
        "description": description,
        "min_value": least,
        "max_value": most,
    }


def boolean(name: str, description: Any) -> Payload:
    return {"type": BOOLEAN, "name": name, "description": description}


def channel(name: str, description: Any, kinds: Sequence[int]) -> Payload:
    return {
        "type": CHANNEL,
        "name": name,
        "description": description,
        "channel_types": sorted(int(kind) for kind in kinds),
    }


def is_same(ours: Sequence[Payload], theirs: Sequence[Payload]) -> bool:
    """Whether what is registered is what we define, in any order of commands."""
    return _by_name(ours) == _by_name(theirs)


def _by_name(commands: Sequence[Payload]) -> dict[tuple[int, str], Any]:
    return {(int(c.get("type") or 1), str(c["name"])): normalized(c) for c in commands}


def normalized(value: Any) -> Any:
    """`value` without what Discord fills in: unknown keys, nulls, empty lists and false."""
    if isinstance(value, Mapping):
        kept = {
            key: dict(part) if key.endswith("_localizations") else normalized(part)
            for key, part in value.items()
            if key in _KEYS and not _is_nothing(part)
        }
        if "default_member_permissions" in kept:
            kept["default_member_permissions"] = str(kept["default_member_permissions"])
        if kept.get("integration_types") == [0]:
            del kept["integration_types"]
        return kept
    if isinstance(value, list | tuple):
        if all(isinstance(part, int) for part in value):
            return sorted(value)
        return [normalized(part) for part in value]
    return value


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ([], {}, ())
