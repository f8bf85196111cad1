"""Faults made on purpose: delays, refusals, broken answers, cut connections."""

from __future__ import annotations

import fnmatch
import random
from dataclasses import dataclass, field
from typing import Literal

from sandbox.world.state import Json

type When = Literal["before", "after"]


@dataclass
class Fault:
    """One rule: `route` is a pattern over `METHOD /path/{template}`, `times` None is forever."""

    id: int
    route: str = "*"
    kind: Literal["latency", "status", "reset"] = "status"
    when: When = "before"
    status: int = 502
    code: int = 0
    message: str = "injected fault"
    delay: float = 0.0
    retry_after: float = 1.0
    is_global: bool = False
    times: int | None = 1
    probability: float = 1.0
    channel_id: int | None = None
    hits: int = 0

    def matches(self, route: str, when: When, channel_id: int | None) -> bool:
        if self.times == 0 or self.when != when:
            return False
        if self.channel_id is not None and self.channel_id != channel_id:
            return False
        return fnmatch.fnmatchcase(route, self.route)


@dataclass
class Faults:
    """The rules in force; a seed makes their probabilities repeatable."""

    rules: list[Fault] = field(default_factory=list)
    seed: int = 0
    counter: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - not for secrets

    def add(self, body: Json) -> Fault:
        """Add a rule from JSON; unknown fields are refused with TypeError."""
        self.counter += 1
        fault = Fault(id=self.counter, **body)
        self.rules.append(fault)
        return fault

    def reseed(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)  # noqa: S311 - not for secrets

    def take(self, route: str, when: When, channel_id: int | None) -> list[Fault]:
        """Pick the rules that strike this request; at most one of them ends it."""
        struck: list[Fault] = []
        for rule in self.rules:
            if not rule.matches(route, when, channel_id):
                continue
            if rule.kind != "latency" and any(other.kind != "latency" for other in struck):
                continue
            if rule.probability < 1 and self.dice.random() >= rule.probability:
                continue
            rule.hits += 1
            if rule.times is not None:
                rule.times -= 1
            struck.append(rule)
        self.rules = [rule for rule in self.rules if rule.times != 0]
        return struck
