"""The web process: pages by Django, live updates by Channels."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gamesched.settings")
django.setup(set_prefix=False)

# Django must be set up before models are imported.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from games.live.consumers import websocket_urlpatterns  # noqa: E402
from gamesched.origins import SiteOrigins  # noqa: E402
from gamesched.workarounds.graceful_stop import Draining  # noqa: E402
from gamesched.workarounds.one_thread_handler import OneThreadHandler  # noqa: E402
from gamesched.workarounds.request_bodies import limit_request_bodies  # noqa: E402
from gamesched.workarounds.request_queue import Lanes, RequestQueue  # noqa: E402
from when.dictionaries import prepare  # noqa: E402

prepare()
limit_request_bodies()
# The other half of the pool is for the sockets' queries; more threads at once are no faster.
# What Django itself answers to in development while ALLOWED_HOSTS is empty.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
PAGES_AT_ONCE = max(settings.DATABASE_POOL_SIZE // 2, 1)
# An export takes as long as its server has games, and a check of health must never wait for it.
EXPORTS_AT_ONCE, CHECKS_AT_ONCE = 2, 2
django_pages = OneThreadHandler()
exports = RequestQueue(django_pages, most=EXPORTS_AT_ONCE)
pages = Draining(
    Lanes(
        paths={
            "/healthz": django_pages,
            "/readyz": RequestQueue(django_pages, most=CHECKS_AT_ONCE),
        },
        endings={"/games.csv": exports, "/rosters.csv": exports, "/games.ics": exports},
        rest=RequestQueue(django_pages, most=PAGES_AT_ONCE),
    )
)
pages.begin_on_sigterm()
application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": SiteOrigins(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns)),
            site_url=settings.SITE_URL,
            hosts=settings.ALLOWED_HOSTS or LOCAL_HOSTS,
        ),
    }
)
