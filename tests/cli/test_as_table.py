"""Histories and proofs on a terminal of 80 columns."""

import re
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console, RenderableType

from liqbot.charts.chart import View
from liqbot.cli import as_table
from liqbot.heatmap.history import History
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, a_history, an_empty_history
from tests.proofs import a_proof


def lines(shown: RenderableType, width: int = 80) -> list[str]:
    stream = StringIO()
    Console(file=stream, width=width, highlight=False, markup=False).print(shown)
    return stream.getvalue().splitlines()


def levels(history: History, view: View | None = None, age: str | None = None) -> list[str]:
    return lines(as_table.levels(history, view or View(), age))


def row(found: list[str], start: str) -> str:
    (first,) = [i for i, line in enumerate(found) if line.startswith(start)]
    return " ".join(f"{found[first]} {found[first + 1]}".split())


def test_a_zone_tells_all_that_is_known_of_it() -> None:
    cluster = a_cluster(zone="A", usd=144e6)
    assert row(levels(a_history(clusters=[cluster])), "A ") == (
        "A ▲ SHORT 66,500–67,100 $144M 10x 50%, 25x 30% 80% persistent"
        " +2.3% · 12-72 h → $108M Binance 50%, Bybit 30% grade B"
    )


def test_zones_stand_first_the_highest_on_top_then_the_nearest() -> None:
    found = levels(a_history())
    marked = [line[0] for line in found if re.match(r"[ABC ]  [▲▼]", line)]
    assert marked == ["C", "A", "B", "C", " ", " "]
    others = [line for line in found if re.match(r"   [▲▼]", line)]
    assert len(others) == 2


def test_sides_are_told_by_word_and_glyph() -> None:
    found = " ".join(levels(a_history()))
    assert "▲ SHORT" in found
    assert "▼ LONG" in found


def test_a_cluster_hardly_there_is_transient() -> None:
    found = levels(a_history(clusters=[a_cluster(zone="A", persistence=0.1)]))
    assert "10% transient" in row(found, "A ")


def test_the_farthest_of_many_clusters_are_counted_not_listed() -> None:
    many = [a_cluster(low=66_000.0 + 500 * i, high=66_200.0 + 500 * i) for i in range(9)]
    found = levels(a_history(clusters=many))
    assert sum(line.startswith("   ▲ SHORT") for line in found) == 6
    assert "3 more, farther away: see --json." in found


def test_above_it_stands_what_one_has_to_know() -> None:
    found = " ".join(" ".join(levels(a_history(coverage=0.93), age="7d")).split())
    for fact in (
        "BTC 65,000",
        "ESTIMATE",
        "data 12 s old",
        "✓ Binance",
        "2026-01-07 02:00 UTC",
        "model prior-1, not fitted",
        "93% of the bars known",
        "only positions of the last 7d",
        "2.4 to 1 within 5%",
        "$341M of longs below, $142M of shorts above",
    ):
        assert fact in found


def test_below_it_stands_what_the_map_cannot_see_and_promises() -> None:
    found = " ".join(" ".join(levels(a_history())).split())
    for word in ("cross margin", "added margin", "hidden hedges", "OTC", "collateral", "partial"):
        assert word in found
    assert "Modelled, not measured. Not a forecast. Not advice." in found
    assert "Horizons are typical." in found
    assert not re.search(r"will go to|target|guaranteed", found)


def test_the_simulated_is_told_to_be() -> None:
    assert any(line.startswith("SIMULATED") for line in levels(a_history(simulated=True)))
    assert not any("SIMULATED" in line for line in levels(a_history()))


def test_an_empty_map_says_so() -> None:
    assert "No cluster stands out from the rest." in levels(an_empty_history())


def test_numbers_are_written_as_the_view_says() -> None:
    assert any("65.000" in line for line in levels(a_history(), View(locale="de")))


@pytest.mark.parametrize("price", [0.00001234, 0.5, 250.0, 123_456.0])
def test_it_fits_80_columns_at_any_price(price: float) -> None:
    found = levels(a_history(price=price))
    assert max(map(len, found)) <= 80
    assert not any("…" in line for line in found)


def test_a_proof_shows_every_measure_for_both_sides_and_baselines() -> None:
    found = lines(as_table.proof(a_proof(), simulated=False))
    start = next(i for i, line in enumerate(found) if line.startswith("long / short"))
    assert found[start].split("  ")[-1].strip() == "R²(√)"
    named = [re.split(r"  +", each)[0] for each in found[start + 1 : start + 4]]
    assert named == ["liqbot", "price only", "usual recipe"]
    for each in found[start + 1 : start + 4]:
        assert len(re.findall(r"-?\d\.\d\d / -?\d\.\d\d", each)) == 4
    assert max(map(len, found)) <= 80


def test_a_proof_says_how_many_hours_were_fitted_and_tested() -> None:
    found = "\n".join(lines(as_table.proof(a_proof(), simulated=False)))
    assert "6 hours that the fit on 4 others did not see" in found
    assert "2026-01-01 00:00 to 2026-01-01 10:00 UTC" in found
    assert "SIMULATED" not in found


def test_a_proof_shows_place_truth_and_why_nothing_was_fitted_where_there_are_any() -> None:
    bare = replace(a_proof(), place=(), truth=(), unfitted="A fit needs more.")
    found = "\n".join(lines(as_table.proof(bare, simulated=True)))
    assert "Place:" not in found
    assert "Truth:" not in found
    assert "Not fitted: A fit needs more." in found
    assert "SIMULATED" in found
    found = "\n".join(lines(as_table.proof(a_proof(), simulated=False)))
    assert re.search(r"▼ LONG +12 +0\.61 \(0\.55–0\.67\) +25% \(9%–53%\) +8%", found)
    assert re.search(r"▲ SHORT +±10% +0\.970 +1\.10 +\$2\.00M", found)


def test_a_proof_of_nothing_says_so() -> None:
    proof = a_proof()
    nobody = np.zeros(len(proof.spans), dtype=bool)
    empty = replace(
        proof,
        spans=proof.spans.where(nobody),
        seen=nobody[:0],
        modelled={name: usd[:, :0] for name, usd in proof.modelled.items()},
        place=(),
        truth=(),
    )
    found = " ".join(" ".join(lines(as_table.proof(empty, simulated=False))).split())
    assert "0 hours that the fit on 0 others did not see: too few to score." in found
    assert "Spearman" not in found


def test_the_best_of_each_measure_stands_out() -> None:
    stream = StringIO()
    console = Console(file=stream, width=80, force_terminal=True, color_system="standard")
    console.print(as_table.proof(a_proof(), simulated=False))
    best = max(scores[Side.LONG.index].r2_sqrt for scores in a_proof().flow.values())
    assert f"\x1b[1m{best:.2f}" in stream.getvalue()
