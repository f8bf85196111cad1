"""Checks all requests to a sandbox, by bot, worker and pages, against Discord's description."""

import time
from collections import Counter
from typing import Any

from sandbox.client import Outcome, Sandbox
from tests.openapi.description import find_operation

Json = dict[str, Any]

ACK_SECONDS = 3.0
# Documented only in prose: https://discord.com/developers/docs/topics/oauth2
_FORMS = {"/oauth2/token", "/oauth2/token/revoke"}
# Discord's error code for an invalid body.
_REFUSED_BODIES = {50006, 50035, 50109}


class Watch:
    """Checks the entries that the sandbox's logs gained since it was made."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        state = sandbox.health()
        self._request, self._interaction = state["last_request"], state["last_interaction"]

    def check(self, *, acknowledged: bool = True) -> None:
        """Fail with all problems found. `acknowledged=False` leaves out the interactions."""
        assert_requests_conform(self._sandbox, since=self._request)
        if acknowledged:
            assert_acknowledged_once(
                self._sandbox, since=self._interaction, since_request=self._request
            )


def assert_requests_conform(sandbox: Sandbox, since: int = 0) -> None:
    """Assert that Discord would accept every request after number `since`."""
    faults = [
        f"{entry['method']} {entry['path']}: {problem}"
        for entry in sandbox.requests(since=since)
        for problem in request_problems(entry)
    ]
    assert not faults, "Discord would refuse or ignore:\n" + "\n".join(faults)


def request_problems(entry: Json) -> list[str]:
    """Return the problems of one entry of the request log."""
    path = str(entry["path"]).removeprefix("/api").removeprefix("/v10")
    if path in _FORMS:
        return []
    operation = find_operation(entry["method"], path)
    if operation is None:
        return ["no such operation is described"]
    problems = operation.request_problems(entry["body"], entry["query"])
    if entry["code"] in _REFUSED_BODIES and not entry["fault"]:
        problems.append(f"the sandbox refused it with {entry['code']}")
    return problems


def assert_acknowledged_once(
    sandbox: Sandbox, *, since: int | str = 0, since_request: int = 0
) -> None:
    """Assert that every interaction after id `since` was acknowledged once, within 3 s.

    Callbacks may be repeated after an injected fault, and for a replayed interaction.
    """
    outcomes = _settled(sandbox, since)
    callbacks = sandbox.requests(since=since_request, route="/callback")
    disturbed = Counter(int(entry["path"].split("/")[-3]) for entry in callbacks if entry["fault"])
    faults = [
        f"{one.raw['name'] or one.raw['custom_id']} ({one.interaction_id}): {problem}"
        for one in outcomes
        for problem in _ack_problems(one, disturbed[one.interaction_id] + one.raw["replays"])
    ]
    assert not faults, "Not acknowledged exactly once in time:\n" + "\n".join(faults)


def _settled(sandbox: Sandbox, since: int | str) -> list[Outcome]:
    """Return the outcomes once each is acknowledged or has run out of time."""
    end = time.monotonic() + ACK_SECONDS
    while True:
        outcomes = sandbox.interactions(since=since)
        if all(one.acked or one.error for one in outcomes) or time.monotonic() > end:
            return outcomes
        time.sleep(0.05)


def _ack_problems(outcome: Outcome, disturbed: int) -> list[str]:
    if not outcome.acked or outcome.acked_after_ms is None:
        return ["never acknowledged"]
    problems = []
    if outcome.acked_after_ms > ACK_SECONDS * 1000:
        problems.append(f"acknowledged after {outcome.acked_after_ms} ms")
    if outcome.raw["double_callbacks"] > disturbed:
        problems.append(f"acknowledged {outcome.raw['double_callbacks'] + 1} times")
    if outcome.raw["late_callbacks"]:
        problems.append("called back too late")
    return problems
