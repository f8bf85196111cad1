"""The User-Agent that Discord asks of every client: `DiscordBot ($url, $version)`."""

from __future__ import annotations

import re

from sandbox.errors import ApiError
from sandbox.world.core import Sandbox

# A client may add whatever it likes behind it.
_FORM = re.compile(r"^DiscordBot \(https?://[^\s,()]+, ?[^\s,()]+\)( .*)?$")


def check_agent(box: Sandbox, agent: str) -> None:
    """Raise 40333, as the proxy in front of Discord does, for any other User-Agent."""
    if box.knobs.check_user_agent and not _FORM.match(agent):
        raise ApiError(40333)
