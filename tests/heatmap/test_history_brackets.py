"""A venue's own brackets in a map, in place of those built in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from liqbot.heatmap import brackets
from liqbot.heatmap.brackets import bracket_schedule
from liqbot.heatmap.history import History, recall
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.units import DAY_MS
from tests.builders import same
from tests.walks import QUICK, a_walk

OWN = schedule_from([(1e5, 0.012, 40.0), (1e7, 0.025, 20.0)], "a test")  # no 50x, all of it dearer
SEEN = [a_walk(600, seed=row, venue=each) for row, each in enumerate(("binance", "okx"))]


def recalled(own: dict[str, MarginSchedule] | None = None) -> History:
    return recall("BTC", SEEN, QUICK, DAY_MS, bin_width=0.01, brackets=own)


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Have the table of OKX written by hand as what it tells."""
    table = Path(brackets.__file__).with_name("brackets.toml").read_text("utf-8")
    first, rest = table.split("[okx.markets]")
    rows = "[[1e5, 1.2, 40], [1e7, 2.5, 20]]"
    own = rest.replace('"BTC ETH" =', f"BTC = {rows}\nETH =", 1)
    assert own != rest
    (tmp_path / "brackets.toml").write_text(f"{first}[okx.markets]{own}", "utf-8")
    monkeypatch.setattr(brackets, "files", lambda _: tmp_path)
    brackets._schedules.cache_clear()
    yield
    brackets._schedules.cache_clear()


def test_no_brackets_and_the_built_in_ones_make_the_same_map() -> None:
    built_in = {each: bracket_schedule(each, "BTC") for each in ("binance", "okx")}
    assert same(recalled(), recalled({}))
    assert same(recalled(), recalled(built_in))


def test_a_venues_own_brackets_change_its_map_and_no_others() -> None:
    usual, changed = recalled().snapshot, recalled({"okx": OWN}).snapshot
    assert same(changed.usd[0], usual.usd[0])
    assert not same(changed.usd[1], usual.usd[1])
    tier = usual.tiers.index(50.0)
    assert usual.usd[1, :, tier].sum() > 0
    assert changed.usd[1, :, tier].sum() == 0


def test_brackets_of_a_venue_that_is_not_seen_change_nothing() -> None:
    assert same(recalled({"bybit": OWN}), recalled())


def test_what_a_venue_tells_is_what_a_table_written_by_hand_would_be(
    request: pytest.FixtureRequest,
) -> None:
    told = recalled({"okx": OWN})
    request.getfixturevalue("edited")
    assert same(recalled(), told)
