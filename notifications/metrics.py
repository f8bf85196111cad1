"""Numbers for operators: work due, failures and lateness, by Prometheus' names.

Queries cost by the work that is due, never by the rows stored. Numbers that only the processes know
come from `telemetry`.
"""

from collections import defaultdict
from collections.abc import Iterator

import redis
from django.db import connection
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from discord_api.client import ANSWERS
from telemetry.counters import BUCKETS, Histogram, read_counts, split_field
from telemetry.heartbeats import read_heartbeats

ACK = "gamesched_interaction_ack_seconds"
INTERACTIONS = "gamesched_interactions"
LATENESS = "gamesched_delivery_lateness_seconds"
DELIVERIES = "gamesched_deliveries"

HELP = {
    ACK: "From the arrival of an interaction to its acknowledgement.",
    INTERACTIONS: "Interactions by outcome.",
    LATENESS: "From the time a message was due to Discord's answer.",
    DELIVERIES: "Messages by what became of them.",
    ANSWERS: "Answers of Discord's REST interface by status; 429 is a limit hit.",
}

_DUE = """
    select count(*), coalesce(extract(epoch from now() - min(due_at)), 0)::float8
    from {table} where state = 'pending' and due_at <= now()"""
_OPEN = "select state, count(*) from {table} where state in ('leased', 'dead') group by state"
_DIRTY = """
    select count(*), coalesce(extract(epoch from now() - min(render_at)), 0)::float8
    from notifications_announcement where render_at <= now()"""


class Numbers(Collector):
    """Collects the numbers anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        yield from _work_metrics()
        try:
            yield from _process_metrics()
            yield from _life_metrics()
        except redis.RedisError:
            yield GaugeMetricFamily("gamesched_redis_up", "Whether Redis answers.", value=0)
        else:
            yield GaugeMetricFamily("gamesched_redis_up", "Whether Redis answers.", value=1)


def due_work() -> dict[str, tuple[int, float]]:
    """Count the work that is due and the age of the oldest, in seconds, by kind of work."""
    queries = {
        "timers": _DUE.format(table="notifications_timer"),
        "deliveries": _DUE.format(table="notifications_delivery"),
        "announcements": _DIRTY,
    }
    with connection.cursor() as cursor:
        found = {}
        for kind, query in queries.items():
            cursor.execute(query)
            number, age = cursor.fetchone()
            found[kind] = (int(number), float(age))
        return found


def open_deliveries() -> dict[str, int]:
    """Count the deliveries in work and those failed for good."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(table="notifications_delivery"))
        return {state: int(number) for state, number in cursor.fetchall()}


def _work_metrics() -> Iterator[Metric]:
    number = GaugeMetricFamily("gamesched_due", "Work that is due now.", labels=["kind"])
    age = GaugeMetricFamily(
        "gamesched_due_lag_seconds", "How late the oldest due work is.", labels=["kind"]
    )
    for kind, (count, lag) in due_work().items():
        number.add_metric([kind], count)
        age.add_metric([kind], lag)
    states = GaugeMetricFamily(
        "gamesched_deliveries_open", "Deliveries in work or failed.", labels=["state"]
    )
    for state, count in open_deliveries().items():
        states.add_metric([state], count)
    yield from (number, age, states)


def _process_metrics() -> Iterator[Metric]:
    counters: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    histograms: dict[str, Histogram] = defaultdict(Histogram)
    for key, value in read_counts().items():
        name, part, labels = split_field(key)
        if part == "count":
            counters[name].append((labels, value))
        elif part == "sum":
            histograms[name].sum += value
        else:
            histograms[name].counts[float(part.removeprefix("le="))] = value
    for name, series in sorted(counters.items()):
        family = CounterMetricFamily(name, HELP.get(name, name), labels=sorted(series[0][0]))
        for labels, value in series:
            family.add_metric([labels[key] for key in sorted(labels)], value)
        yield family
    for name, histogram in sorted(histograms.items()):
        yield _histogram(name, histogram)


def _histogram(name: str, histogram: Histogram) -> Metric:
    total, buckets = 0.0, []
    for bound in (*BUCKETS, float("inf")):
        total += histogram.counts.get(bound, 0)
        buckets.append(("+Inf" if bound == float("inf") else str(bound), total))
    return HistogramMetricFamily(
        name, HELP.get(name, name), buckets=buckets, sum_value=histogram.sum
    )


def _life_metrics() -> Iterator[Metric]:
    ages = GaugeMetricFamily(
        "gamesched_heartbeat_age_seconds", "Since a process last said it works.", labels=["name"]
    )
    for beat in read_heartbeats():
        ages.add_metric([beat.name], beat.age)
    yield ages
