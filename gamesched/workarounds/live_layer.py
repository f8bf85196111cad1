"""The channel layer of live pages. After an outage of Redis it tells all pages to catch up.

Works around channels_redis (4.3), whose pub/sub layer

- reconnects without telling anyone that messages were missed meanwhile
  (https://github.com/django/channels_redis/issues/256);
- logs a traceback a second while Redis is away, and stops receiving for good when a read times
  out, since `_do_receiving` lets `TimeoutError` through. No upstream issue is known;
- sends one event a round trip.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from channels_redis.utils import _wrap_close, decode_hosts
from redis import RedisError

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1
LISTEN_SECONDS = 0.1
# Tells every open page that it may have missed something (games.live.socket).
MISSED = {"type": "live.missed"}


class Connection(RedisSingleShardConnection):  # type: ignore[misc]
    """Receives through outages, logs one line at each end, and then tells all open pages."""

    is_lost = False

    async def publish(self, channel: str, message: bytes) -> None:
        """Publish, with a second try because the connection may date from before an outage."""
        try:
            await super().publish(channel, message)
        except (OSError, RedisError):
            await super().publish(channel, message)

    async def publish_all(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish messages, each with its channel, in one round trip."""
        try:
            await self._publish_all(messages)
        except (OSError, RedisError):
            await self._publish_all(messages)

    async def _publish_all(self, messages: Sequence[tuple[str, bytes]]) -> None:
        async with self._lock:
            self._ensure_redis()
            async with self._redis.pipeline(transaction=False) as pipe:
                for channel, message in messages:
                    pipe.publish(channel, message)
                await pipe.execute()

    async def _do_receiving(self) -> None:
        while True:
            try:
                await self._receive()
            except (OSError, TimeoutError, RedisError) as error:
                if not self.is_lost:
                    log.warning("live_updates_lost", error=f"{type(error).__name__}: {error}")
                self.is_lost = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _receive(self) -> None:
        """Receive one message, if there is one. Raises the connection's errors."""
        if not (self._pubsub and self._pubsub.subscribed):
            await asyncio.sleep(LISTEN_SECONDS)
            return
        message = await self._pubsub.get_message(
            ignore_subscribe_messages=True, timeout=LISTEN_SECONDS
        )
        if self.is_lost:
            self.is_lost = False
            log.info("live_updates_back")
            self._tell_all()
        self._receive_message(message)

    def _tell_all(self) -> None:
        event = self.channel_layer.channel_layer.serialize(MISSED)
        for queue in self.channel_layer.channels.values():
            queue.put_nowait(event)


class LoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]
    def __init__(self, hosts: Any = None, **kwargs: Any) -> None:
        super().__init__(hosts=hosts, **kwargs)
        self._shards = [Connection(host, self) for host in decode_hosts(hosts)]

    async def group_send_all(self, events: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Send each event to its group, as `group_send` does."""
        messages = defaultdict(list)
        for group, event in events:
            channel = self._get_group_channel_name(group)
            message = self.channel_layer.serialize(event)
            messages[self._get_shard(channel)].append((channel, message))
        for shard, of_shard in messages.items():
            await shard.publish_all(of_shard)


class LiveLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    def _get_layer(self) -> Any:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]
