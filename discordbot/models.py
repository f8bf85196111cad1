"""Leases of the gateway's shards, and turns to start sessions. Times are the database's."""

from django.db import models


class ShardLease(models.Model):
    """One shard, its owner until `lease_until`, and its session for the next one to resume.

    It was taken, or given back, at `claimed_at`. Another process would take it until
    `wanted_until`, and keeps that fresh while it lives.
    """

    shard_count = models.PositiveIntegerField()
    shard_id = models.PositiveIntegerField()
    owner = models.CharField(max_length=200, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    wanted_until = models.DateTimeField(null=True)
    session_id = models.CharField(max_length=200, blank=True, default="")
    sequence = models.BigIntegerField(default=0)
    resume_url = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shard_count", "shard_id"], name="discordbot_shardlease_one_row_a_shard"
            ),
            models.CheckConstraint(
                condition=models.Q(shard_id__lt=models.F("shard_count")),
                name="discordbot_shardlease_shard_below_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shard_id}/{self.shard_count} {self.owner}".rstrip()


class IdentifyTurn(models.Model):
    """The time when a rate-limit key (shard id modulo max_concurrency) may start a session."""

    key = models.PositiveIntegerField(primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} at {self.next_at}"
