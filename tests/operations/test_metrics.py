"""The figures that Prometheus reads."""

import math
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from liqbot import __version__
from liqbot.market.condition import Condition
from liqbot.market.observation import Gap
from liqbot.market.status import Status
from liqbot.operations.metrics import metrics_of, registry_of
from tests.operations.conftest import ASKED, AT, BTC, ETH, some_market, some_status, some_venue

BUSY = replace(
    some_status(),
    venues=(
        replace(
            some_venue(
                asking=replace(
                    ASKED,
                    answers=40,
                    failures={"timeout": 2, "rate_limit": 1},
                    latency_s=0.25,
                    latency_sum_s=9.5,
                    skew_s=-0.5,
                    load=0.125,
                    paused_until=AT + timedelta(seconds=30),
                ),
            ),
            listening=Condition(
                answers=7, answered_at=AT - timedelta(seconds=3), connections=2, failures={"dns": 1}
            ),
            completeness=0.5,
        ),
        some_venue("okx", Condition(paused_until=AT)),
    ),
    markets=(
        replace(
            some_market(BTC),
            dropped={"frozen": 3},
            prints=11,
            gaps=(
                Gap(what="candles", from_ms=0, to_ms=300_000),
                Gap(what="funding", from_ms=0, to_ms=60_500),
            ),
        ),
        replace(some_market(ETH, blind="never seen"), age_s=math.inf),
    ),
    warming=("ETH",),
    evaluated_s={"BTC": 0.0625},
    back_filling=0.75,
    queued=4,
)


def figures(status: Status) -> dict[str, float]:
    """Return every figure by its name and labels, the venue first, as a scrape tells them."""
    text = generate_latest(registry_of(lambda: status)).decode()
    return {
        f"{s.name}{{{','.join(s.labels[each] for each in sorted(s.labels, key=_order))}}}": s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def _order(label: str) -> tuple[bool, str]:
    return label != "venue", label


@pytest.fixture(scope="module")
def told() -> dict[str, float]:
    return figures(BUSY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("liqbot_poll_latency_seconds_count{binance}", 40),
        ("liqbot_poll_latency_seconds_sum{binance}", 9.5),
        ("liqbot_poll_last_latency_seconds{binance}", 0.25),
        ("liqbot_poll_last_answer_timestamp_seconds{binance}", AT.timestamp() - 20),
        ("liqbot_poll_failures_total{binance,timeout}", 2),
        ("liqbot_poll_failures_total{binance,rate_limit}", 1),
        ("liqbot_clock_skew_seconds{binance}", -0.5),
        ("liqbot_request_budget_used_ratio{binance}", 0.125),
        ("liqbot_paused{binance}", 1),
        ("liqbot_paused{okx}", 0),
        ("liqbot_tape_messages_total{binance}", 7),
        ("liqbot_tape_connections_total{binance}", 2),
        ("liqbot_tape_last_message_timestamp_seconds{binance}", AT.timestamp() - 3),
        ("liqbot_tape_failures_total{binance,dns}", 1),
        ("liqbot_tape_completeness_ratio{binance}", 0.5),
        ("liqbot_data_age_seconds{binance,BTC-USDT}", 12),
        ("liqbot_data_age_seconds{okx,ETH-USDT}", math.inf),
        ("liqbot_blind{binance,BTC-USDT}", 0),
        ("liqbot_blind{okx,ETH-USDT}", 1),
        ("liqbot_gaps{binance,BTC-USDT}", 2),
        ("liqbot_gap_seconds{binance,BTC-USDT}", 360.5),
        ("liqbot_prints_total{binance,BTC-USDT}", 11),
        ("liqbot_prints_total{okx,ETH-USDT}", 0),
        ("liqbot_dropped_total{binance,BTC-USDT,frozen}", 3),
        ("liqbot_evaluation_seconds{BTC}", 0.0625),
        ("liqbot_warming{BTC}", 0),
        ("liqbot_warming{ETH}", 1),
        ("liqbot_queue_depth{}", 4),
        ("liqbot_back_filled_ratio{}", 0.75),
        ("liqbot_started_timestamp_seconds{}", AT.timestamp() - 3600),
        (f"liqbot_build_info{{{__version__}}}", 1),
        ("liqbot_model_info{built-in}", 1),
    ],
)
def test_every_fact_is_a_figure(told: dict[str, float], name: str, value: float) -> None:
    assert told[name] == value


def test_what_is_not_known_has_no_figure(told: dict[str, float]) -> None:
    for name in (
        "liqbot_poll_last_answer_timestamp_seconds{okx}",
        "liqbot_tape_messages_total{okx}",
        "liqbot_tape_completeness_ratio{okx}",
        "liqbot_evaluation_seconds{ETH}",
    ):
        assert name not in told
    assert math.isnan(told["liqbot_poll_last_latency_seconds{okx}"])


def test_the_process_is_told_of_too(told: dict[str, float]) -> None:
    assert told["process_resident_memory_bytes{}"] > 1e6
    assert any(name.startswith("python_info") for name in told)


def test_names_are_as_prometheus_wants_them() -> None:
    for family in metrics_of(BUSY):
        assert re.fullmatch(r"liqbot_[a-z]+(_[a-z]+)*", family.name)
        assert family.documentation.endswith(".")
        timed = re.search("latency|_age|stamp|evaluation", family.name)
        assert not timed or family.name.endswith("_seconds")


def test_a_bot_that_knows_nothing_yet_can_be_read() -> None:
    told = figures(some_status(venues=(), markets=()))
    assert told["liqbot_queue_depth{}"] == 0
    assert not any("binance" in name for name in told)


def test_each_scrape_asks_anew_and_nothing_is_global() -> None:
    queued = iter((1, 2))
    registry = registry_of(lambda: some_status(queued=next(queued)))
    assert b"liqbot_queue_depth 1.0" in generate_latest(registry)
    assert b"liqbot_queue_depth 2.0" in generate_latest(registry)
    assert b"liqbot" not in generate_latest(REGISTRY)


def test_a_label_can_hold_anything() -> None:
    odd = 'a "model"\nof \\ many lines'
    text = generate_latest(registry_of(lambda: some_status(model=odd))).decode()
    (family,) = (f for f in text_string_to_metric_families(text) if f.name == "liqbot_model_info")
    assert family.samples[0].labels == {"model": odd}
