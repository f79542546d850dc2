"""The figures of a Status, as Prometheus reads them; made when it asks, from nothing global."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from liqbot import __version__
from liqbot.market.condition import Condition
from liqbot.market.status import MarketStatus, Status, VenueStatus

Names = TypeVar("Names", bound=tuple[str, ...])  # the values of the labels


class StatusCollector(Collector):
    """Asks for a status whenever it is asked for figures."""

    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """Yield every figure of the status of now."""
        return metrics_of(self._status())


def registry_of(status: Callable[[], Status]) -> CollectorRegistry:
    """Return all there is to read: the bot, its process, its Python."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StatusCollector(status))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


def metrics_of(status: Status) -> Iterator[Metric]:
    """Yield every figure of a status; what is not known yet has no sample."""
    yield from _bot(status)
    yield from _asking({each.venue: each.asking for each in status.venues}, status.at)
    yield from _listening(status.venues)
    yield from _markets(status.markets)


def _bot(status: Status) -> Iterator[Metric]:
    build = InfoMetricFamily("liqbot_build", "What runs.")
    build.add_metric([], {"version": __version__})
    yield build
    model = InfoMetricFamily("liqbot_model", "What is assumed about traders.")
    model.add_metric([], {"model": status.model})
    yield model
    started = {(): status.started_at.timestamp()}
    yield _gauge("liqbot_started_timestamp_seconds", "When it started.", (), started)
    queued = {(): status.queued}
    yield _gauge("liqbot_queue_depth", "Evaluations and pictures waiting.", (), queued)
    back_filled = {(): status.back_filling}
    yield _gauge("liqbot_back_filled_ratio", "Share of the past that has come.", (), back_filled)
    bases = dict.fromkeys(each.instrument.base for each in status.markets)
    warming = {(base,): base in status.warming for base in bases}
    yield _gauge("liqbot_warming", "Whether a map lacks past.", ("base",), warming)
    took = {(base,): seconds for base, seconds in status.evaluated_s.items()}
    yield _gauge("liqbot_evaluation_seconds", "The last evaluation.", ("base",), took)


def _asking(conditions: Mapping[str, Condition], at: datetime) -> Iterator[Metric]:
    latency = SummaryMetricFamily(
        "liqbot_poll_latency_seconds", "From question to good answer.", labels=("venue",)
    )
    for venue, each in conditions.items():
        latency.add_metric((venue,), count_value=each.answers, sum_value=each.latency_sum_s)
    yield latency

    def gauge(name: str, text: str, figure: Callable[[Condition], float | None]) -> Metric:
        figures = {(venue,): figure(each) for venue, each in conditions.items()}
        return _gauge(name, text, ("venue",), figures)

    yield gauge("liqbot_poll_last_latency_seconds", "The last.", lambda c: c.latency_s)
    yield gauge(
        "liqbot_poll_last_answer_timestamp_seconds",
        "When the last good answer came.",
        lambda c: _seconds(c.answered_at),
    )
    yield gauge("liqbot_clock_skew_seconds", "Their clock ahead of ours.", lambda c: c.skew_s)
    yield gauge("liqbot_request_budget_used_ratio", "Share of the budget.", lambda c: c.load)
    yield gauge(
        "liqbot_paused",
        "Whether the venue demanded that it is not asked.",
        lambda c: c.paused_until is not None and c.paused_until > at,
    )
    yield _failures("liqbot_poll_failures", "What did not come, by kind.", conditions)


def _listening(venues: Sequence[VenueStatus]) -> Iterator[Metric]:
    conditions = {each.venue: each.listening for each in venues if each.listening}
    messages = {(venue,): each.answers for venue, each in conditions.items()}
    yield _counter("liqbot_tape_messages", "What came of the tape.", ("venue",), messages)
    connections = {(venue,): each.connections for venue, each in conditions.items()}
    yield _counter(
        "liqbot_tape_connections", "How often its stream opened.", ("venue",), connections
    )
    last = {(venue,): _seconds(each.answered_at) for venue, each in conditions.items()}
    yield _gauge(
        "liqbot_tape_last_message_timestamp_seconds", "When the last came.", ("venue",), last
    )
    yield _failures("liqbot_tape_failures", "Why its stream broke, by kind.", conditions)
    told = {(each.venue,): each.completeness for each in venues}
    yield _gauge("liqbot_tape_completeness_ratio", "Forced orders told.", ("venue",), told)


def _markets(markets: Sequence[MarketStatus]) -> Iterator[Metric]:
    labels = ("venue", "market")
    named = {(each.instrument.venue, each.instrument.folder): each for each in markets}

    def gauge(name: str, text: str, figure: Callable[[MarketStatus], float]) -> Metric:
        return _gauge(name, text, labels, {each: figure(named[each]) for each in named})

    yield gauge("liqbot_data_age_seconds", "Age of the newest datum.", lambda m: m.age_s)
    yield gauge("liqbot_blind", "Whether nothing is concluded now.", lambda m: bool(m.blind))
    yield gauge("liqbot_gaps", "Gaps within the window of the map.", lambda m: len(m.gaps))
    yield gauge(
        "liqbot_gap_seconds",
        "Their length, all kinds together.",
        lambda m: sum(gap.to_ms - gap.from_ms for gap in m.gaps) / 1000,
    )
    prints = {names: each.prints for names, each in named.items()}
    yield _counter("liqbot_prints", "Forced orders heard.", labels, prints)
    dropped = {
        (*names, reason): count
        for names, each in named.items()
        for reason, count in each.dropped.items()
    }
    yield _counter("liqbot_dropped", "What was not believed.", (*labels, "reason"), dropped)


def _failures(name: str, text: str, conditions: Mapping[str, Condition]) -> Metric:
    failures = {
        (venue, kind): count
        for venue, each in conditions.items()
        for kind, count in each.failures.items()
    }
    return _counter(name, text, ("venue", "kind"), failures)


def _seconds(at: datetime | None) -> float | None:
    """Return a moment as Prometheus writes it."""
    return None if at is None else at.timestamp()


def _gauge(
    name: str, text: str, labels: Sequence[str], figures: Mapping[Names, float | None]
) -> Metric:
    made = GaugeMetricFamily(name, text, labels=labels)
    for names, figure in figures.items():
        if figure is not None:
            made.add_metric(names, float(figure))
    return made


def _counter(
    name: str, text: str, labels: Sequence[str], figures: Mapping[Names, float | None]
) -> Metric:
    made = CounterMetricFamily(name, text, labels=labels)
    for names, figure in figures.items():
        if figure is not None:
            made.add_metric(names, float(figure))
    return made
