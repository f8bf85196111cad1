"""Start with `python -m sandbox`; stop with SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import signal

from aiohttp import web

from sandbox.config import Config, config_from_environment
from sandbox.web import build_app
from sandbox.world.core import Sandbox
from sandbox.world.demo import create_demo

log = logging.getLogger("sandbox")


async def run(config: Config) -> None:
    """Serve until told to stop, then close sockets and keep the world."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    box = Sandbox(config)
    runner = web.AppRunner(build_app(box), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, config.host, config.port, backlog=1024)
    await site.start()
    host, port = runner.addresses[0][:2]
    box.base_url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
    if config.demo and not box.world.guilds:
        create_demo(box)
    log.warning("The sandbox is at %s", box.base_url)
    await stop.wait()
    box.hub.close_all()
    await asyncio.sleep(0.05)
    await runner.cleanup()
    box.store.flush()


def main() -> None:
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
    asyncio.run(run(config_from_environment()))


if __name__ == "__main__":
    main()
