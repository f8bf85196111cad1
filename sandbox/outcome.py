"""The bot's answer to one act of a person, as tests see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The bot's answer to one act of a person."""

    interaction_id: int
    acked: bool
    acked_after_ms: float | None
    type: int | None
    messages: list[Json] = field(default_factory=list)
    source: Json | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    error: str | None = None
    raw: Json = field(default_factory=dict)

    @property
    def message(self) -> Json:
        """The first reply; raises when there was none."""
        if not self.messages:
            raise AssertionError(f"No reply: {self.raw}")
        return self.messages[0]

    @property
    def content(self) -> str:
        """The text of all replies, one after another."""
        return "\n".join(str(message["content"]) for message in self.messages)

    @property
    def ephemeral(self) -> bool:
        return bool(self.messages) and all(message["ephemeral"] for message in self.messages)


def outcome_from(body: Json) -> Outcome:
    """Read an Outcome from the control interface's JSON."""
    return Outcome(
        interaction_id=int(body["interaction_id"]),
        acked=body["acked"],
        acked_after_ms=body["acked_after_ms"],
        type=body["type"],
        messages=body["messages"],
        source=body["source"],
        modal=body["modal"],
        choices=body["choices"],
        error=body["error"],
        raw=body,
    )
