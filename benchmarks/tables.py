"""What was measured, as tables in a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def print_tables(figures: Mapping[str, Any]) -> None:
    """Print what `benchmarks.engine.measure` returns."""
    console = Console()
    work, machine = figures["workload"], figures["machine"]
    console.print(
        f"{work['bars']:,} bars × {len(work['venues'])} venues × {len(work['tiers'])} tiers"
        f" × 2 sides × {work['bins']} bins → {work['output_mb']:.1f} MB"
    )
    console.print(
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']},"
        f" NumPy {machine['numpy']}, numba {machine['numba']}, commit {machine['commit']},"
        f" load {machine['load_before']:.1f} → {machine['load_after']:.1f}"
    )
    for table in (_history(figures), _ticks(figures), _starts(figures), _scaling(figures)):
        console.print(table)
    console.print(_drawings(figures))


def _history(figures: Mapping[str, Any]) -> Table:
    rows = {**figures["timings_ms"], "recall": figures["recall_ms"]}
    limit = rows["write_limit"]["minimum"]
    names = {
        "history": "engine",
        "history_without_columns": "engine, no columns",
        "numpy": "plain NumPy",
        "write_limit": "write limit, fresh",
        "write_limit_touched": "write limit, touched",
        "recall": "candles to charts",
    }
    return _table(
        "Whole history",
        ("", "median ms", "least ms", "quartiles", "÷ limit", "repeats"),
        (
            (names[name], *_spread(row), f"{row['minimum'] / limit:,.1f}", row["repeats"])
            for name, row in rows.items()
        ),
    )


def _ticks(figures: Mapping[str, Any]) -> Table:
    return _table(
        "Live tick",
        ("", "median µs", "least µs", "quartiles", "repeats"),
        ((name, *_spread(row), row["repeats"]) for name, row in figures["ticks_us"].items()),
    )


def _starts(figures: Mapping[str, Any]) -> Table:
    cold, warm = figures["starts"]["cold"], figures["starts"]["warm"]
    return _table(
        "In a new process",
        ("", "nothing compiled", "all compiled"),
        (
            (key.replace("_ms", ", ms").replace("_mb", ", MB"), f"{cold[key]:,.0f}", f"{row:,.0f}")
            for key, row in warm.items()
        ),
    )


def _scaling(figures: Mapping[str, Any]) -> Table:
    return _table(
        "How cost grows",
        ("", "bars", "bins", "venues × tiers", "median ms", "least ms", "ratio"),
        (
            (
                row["size"],
                f"{row['bars']:,}",
                row["bins"],
                row["tiers"],
                f"{row['history_ms']:,.1f}",
                f"{row['minimum_ms']:,.1f}",
                f"{row['ratio']:.2f}",
            )
            for row in figures["scaling"]
        ),
    )


def _drawings(figures: Mapping[str, Any]) -> Table:
    return _table(
        "Pictures",
        ("", "view", "median ms", "least ms", "quartiles", "kB"),
        (
            (row["chart"], row["view"], *_spread(row), f"{row['png_kb']:,.0f}")
            for row in figures["drawings_ms"]
        ),
    )


def _spread(row: Mapping[str, float]) -> tuple[str, str, str]:
    quartiles = f"{row['first_quartile']:,.1f} – {row['third_quartile']:,.1f}"
    return f"{row['median']:,.1f}", f"{row['minimum']:,.1f}", quartiles


def _table(title: str, heads: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Table:
    table = Table(*heads[:1], title=title, title_justify="left")
    for head in heads[1:]:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*map(str, row))
    return table
