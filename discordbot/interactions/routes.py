"""Routes from commands, buttons and forms to the functions that answer them.

A feature declares its routes beside its functions, which are synchronous and return a message:

    BUTTONS = (on(GameButton, "repost", run=reply(repost, defer=True)),)

`discordbot.routes` gathers those of all features.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate

from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command, Payload, Run
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction, Kind
from discordbot.interactions.responder import Responder
from notifications.messages.custom_ids import CustomId, OneOf, parse

type Say[**P] = Callable[Concatenate[Interaction, P], Message]
type RunWith[**P] = Callable[Concatenate[Interaction, Responder, P], Awaitable[None]]


def reply[**P](say: Say[P], *, defer: bool = False) -> RunWith[P]:
    """Say it to this person alone. `defer` before anything that must not happen unseen."""
    return _answering(say, Responder.reply, defer=defer)


def update[**P](say: Say[P], *, defer: bool = False) -> RunWith[P]:
    """Put it in place of the message that the button is on."""
    return _answering(say, Responder.update, defer=defer)


def show[**P](say: Say[P]) -> RunWith[P]:
    """Put it in place of the message that the form was opened from, or else reply."""
    return _answering(say, Responder.show)


def modal[**P](say: Say[P]) -> RunWith[P]:
    """Open a form."""
    return _answering(say, Responder.modal)


def _answering[**P](
    say: Say[P], answer: Callable[[Responder, Message], Awaitable[None]], *, defer: bool = False
) -> RunWith[P]:
    async def run(
        interaction: Interaction, responder: Responder, /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        if defer:
            await responder.defer()
        await answer(responder, await in_database(say, interaction, *args, **kwargs))

    update_wrapper(run, say)
    return run


@dataclass(frozen=True)
class Route:
    """`run` answers presses of buttons of this kind; an `action` of "" is that of ids without."""

    kind: type[CustomId]
    actions: tuple[str, ...]
    run: RunWith[[Any]]


def on[B: CustomId](kind: type[B], *actions: str, run: RunWith[[B]]) -> Route:
    """Route these actions of `kind`, or all it has. Raises `ValueError` for one it has not."""
    part = kind.parts.get("action")
    known = part.words if isinstance(part, OneOf) else ("",)
    if unknown := set(actions) - set(known):
        raise ValueError(f"{kind.__name__} has no action {', '.join(sorted(unknown))}")
    return Route(kind, actions or known, run)


class Routes:
    """Everything the bot reacts to. Raises `ValueError` when two routes claim the same press."""

    def __init__(
        self, *, commands: Mapping[str, Command], buttons: Iterable[Route], forms: Iterable[Route]
    ) -> None:
        self.commands = commands
        self.buttons, self.forms = _by_press(buttons), _by_press(forms)

    def find(self, interaction: Interaction) -> Run | None:
        """Returns None for commands and buttons that are not ours (any more)."""
        if interaction.kind == Kind.COMMAND:
            command = self.commands.get(interaction.name)
            return command.run if command else None
        if interaction.kind == Kind.AUTOCOMPLETE:
            return self._complete
        pressed = parse(interaction.name)
        table = self.forms if interaction.kind == Kind.MODAL else self.buttons
        run = table.get((type(pressed), getattr(pressed, "action", "")))
        if run is None:
            return None

        async def answer(interaction: Interaction, responder: Responder) -> None:
            await run(interaction, responder, pressed)

        return answer

    async def _complete(self, interaction: Interaction, responder: Responder) -> None:
        """Offer completions of the option being typed; none for what is not ours."""
        command = self.commands.get(interaction.name)
        complete = command.completion(interaction.focused) if command else None
        choices: list[Payload] = []
        if complete is not None:
            typed = interaction.text(interaction.focused)
            choices = await in_database(complete, interaction, typed)
        await responder.choices(choices)


def _by_press(routes: Iterable[Route]) -> dict[tuple[type, str], RunWith[[Any]]]:
    table: dict[tuple[type, str], RunWith[[Any]]] = {}
    for route in routes:
        for action in route.actions:
            if (route.kind, action) in table:
                raise ValueError(f"{route.kind.__name__} {action} has two routes")
            table[route.kind, action] = route.run
    return table
