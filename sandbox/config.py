"""Configuration: environment variables at the start, and knobs that tests turn later."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_CLIENT_ID = 1000000000000000001
DEFAULT_CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - a fixed development value
DEFAULT_BOT_TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.bot-token"  # noqa: S105 - a fixed development value


@dataclass(frozen=True)
class Config:
    """Settings that are fixed for the life of the process."""

    host: str = "127.0.0.1"
    port: int = 8800
    data: Path | None = None
    shards: int = 1
    demo: bool = False
    bot_token: str = DEFAULT_BOT_TOKEN
    client_id: int = DEFAULT_CLIENT_ID
    client_secret: str = DEFAULT_CLIENT_SECRET
    redirect_uris: tuple[str, ...] = ()
    time_url: str = ""
    time_secret: str = ""


@dataclass
class Knobs:
    """Behaviour that `POST /control/knobs` changes at any moment. Times are seconds."""

    ack_deadline: float = 3.0
    token_lifetime: float = 900.0
    nonce_window: float = 300.0
    old_message_age: float = 3600.0
    old_message_edits: int = 3
    old_message_per: float = 6.0
    heartbeat_interval: float = 41.25
    session_lifetime: float = 300.0
    replay_buffer: int = 5000
    shards: int = 1
    max_concurrency: int = 1
    # Discord's is five seconds. Zero spares tests that start many bots the wait.
    identify_period: float = 0.0
    identifies_left: int = 1000
    privileged_intents: bool = True
    oauth_token_lifetime: float = 604800.0
    max_scheduled_events: int = 100
    max_commands: int = 100
    log_size: int = 50000
    # Discord may block other forms, and does not always. Off for clients that cannot be changed.
    check_user_agent: bool = True


def config_from_environment() -> Config:
    """Read SANDBOX_* variables; absent or empty ones keep the development defaults."""
    env = {name: value for name, value in os.environ.items() if value}
    data = env.get("SANDBOX_DATA")
    return Config(
        host=env.get("SANDBOX_HOST", Config.host),
        port=int(env.get("SANDBOX_PORT", Config.port)),
        data=Path(data) if data else None,
        shards=int(env.get("SANDBOX_SHARDS", Config.shards)),
        demo=env.get("SANDBOX_DEMO", "0") not in {"0", "false", "no", "off"},
        bot_token=env.get("SANDBOX_BOT_TOKEN", Config.bot_token),
        client_id=int(env.get("SANDBOX_CLIENT_ID", Config.client_id)),
        client_secret=env.get("SANDBOX_CLIENT_SECRET", Config.client_secret),
        redirect_uris=tuple(env.get("SANDBOX_REDIRECT_URIS", "").split()),
        time_url=env.get("SANDBOX_TIME_URL", ""),
        time_secret=env.get("SANDBOX_TIME_SECRET", ""),
    )
