"""Settings for the type checker, which needs values but connects to nothing."""

import os

from tests.environment import VARIABLES

os.environ |= VARIABLES | {
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}

from gamesched.settings import *  # noqa: F403
