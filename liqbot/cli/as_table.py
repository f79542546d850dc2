"""Histories and proofs on a terminal, in 80 columns."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from liqbot.charts._themes import THEMES
from liqbot.charts.chart import View
from liqbot.chat.badges import badges, kind
from liqbot.chat.facts import change, horizon, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.words import imbalance
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.heatmap.quality import is_transient
from liqbot.market.units import Side, moment_of

if TYPE_CHECKING:
    from liqbot.calibration.evaluation import Evaluation  # loads scipy.optimize, 0.15 s

_GLYPHS = {Side.LONG: "▼ LONG", Side.SHORT: "▲ SHORT"}
_OTHERS = 6  # clusters listed besides the zones
_BLIND = (
    "Blind to cross margin, added margin, hidden hedges, OTC, collateral, partial closes."
    " Horizons are typical. Modelled, not measured. Not a forecast. Not advice."
)


def levels(history: History, view: View, limit: str | None) -> RenderableType:
    """Return a history's clusters under what one has to know of them.

    `limit` is the age of positions that the map is limited to, None for all.
    """
    numbers = Numbers(view.locale, view.zone)
    zones = sorted((c for c in history.clusters if c.zone), key=lambda c: -c.peak)
    others = sorted((c for c in history.clusters if not c.zone), key=lambda c: abs(c.distance))
    listed = [*zones, *others[:_OTHERS]]
    parts: list[RenderableType] = [*_header(history, view, numbers, limit), ""]
    parts.append(_clusters(listed, numbers) if listed else "No cluster stands out from the rest.")
    if len(others) > _OTHERS:
        parts.append(Text(f"{len(others) - _OTHERS} more, farther away: see --json.", style="dim"))
    parts += [
        "",
        "If price went there, about that much would be force-closed: modelled → expected",
        Text(_BLIND, style="dim"),
    ]
    return Group(*parts)


def _header(history: History, view: View, numbers: Numbers, limit: str | None) -> list[Text]:
    """Return market and price; what kind of figures they are; venues, age, model; the balance."""
    moved = change(history)
    since = "" if moved is None else f"  {numbers.percent(moved)} in 24 h"
    title = Text.assemble((history.base, "bold"), f" {numbers.price(history.snapshot.mark)}", since)
    marks = Text("  ").join(
        Text(badge.text, style=_tone(badge.tone))
        for badge in (*kind(history), *badges(history, numbers, view.macro_at))
    )
    known = f"{history.at:%Y-%m-%d %H:%M} UTC · {_model(history.model)}"
    if history.coverage < 1:
        known += f" · {numbers.share(history.coverage)} of the bars known"
    if limit is not None:
        known += f" · only positions of the last {limit}"
    both = history.asymmetry
    balance = f"{imbalance(history, numbers)} {numbers.usd(both.long_usd)} of longs below,"
    balance += f" {numbers.usd(both.short_usd)} of shorts above."
    return [title, marks, Text(known), Text(balance)]


def _model(model: Model) -> str:
    if model.fitted_to_ms is None:
        return f"model {model.version}, not fitted"
    return f"model {model.version}, fitted to {moment_of(model.fitted_to_ms):%Y-%m-%d %H:%M}"


def _tone(tone: str) -> str:
    theme = THEMES["dark"]
    colours = {
        "long": theme.long,
        "short": theme.short,
        "amber": theme.amber,
        "red": theme.red,
        "simulated": theme.simulated,
    }
    return f"bold {colours[tone]}" if tone in colours else "bold"


def _clusters(listed: Iterable[Cluster], numbers: Numbers) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("", "side", "range", "modelled", "made of", "of 24 h"):
        table.add_column(name, header_style="dim", min_width=1)
    for cluster in listed:
        colour = THEMES["dark"].side(cluster.side)
        table.add_row(
            Text(cluster.zone or "", style="bold"),
            _side(cluster.side),
            f"{numbers.level(cluster.low)}–{numbers.level(cluster.high)}\n"
            f"{numbers.percent(cluster.distance)} · {horizon(cluster.distance)}",
            Text.assemble(
                (numbers.usd(cluster.usd), f"bold {colour}"),
                f"\n→ {numbers.usd(cluster.expected_usd)}",
            ),
            f"{_shares(_by_leverage(cluster), numbers)}\n{_shares(_by_venue(cluster), numbers)}",
            f"{numbers.share(cluster.persistence)} {_lasting(cluster)}\ngrade {cluster.grade}",
        )
    return table


def _by_leverage(cluster: Cluster) -> Mapping[str, float]:
    return {f"{leverage:g}x": usd for leverage, usd in cluster.tiers.items()}


def _by_venue(cluster: Cluster) -> Mapping[str, float]:
    return {venue_name(venue): usd for venue, usd in cluster.venues.items()}


def _shares(parts: Mapping[str, float], numbers: Numbers) -> str:
    """Name the two largest parts of a cluster and their shares."""
    total = sum(parts.values())
    named = (name for name in parts if parts[name] >= 0.005 * total > 0)
    largest = sorted(named, key=lambda name: -parts[name])[:2]
    return ", ".join(f"{name} {numbers.share(parts[name] / total)}" for name in largest)


def _lasting(cluster: Cluster) -> str:
    return "transient" if is_transient(cluster) else "persistent"


def proof(found: "Evaluation", *, simulated: bool) -> RenderableType:
    """Return the scores of a map beside those of its baselines."""
    from liqbot.charts._flow import LEAST

    at = [moment_of(int(ms)) for ms in (*found.spans.from_ms[:1], *found.spans.to_ms[-1:])]
    hours = " to ".join(f"{each:%Y-%m-%d %H:%M}" for each in at)
    title = Text.assemble((found.base, "bold"), f" on {_named(found.bars.venues)}, {hours} UTC")
    if simulated:
        title.append("  SIMULATED", style=_tone("simulated"))
    fitted, tested = int(found.seen.sum()), int((~found.seen).sum())
    parts: list[RenderableType] = [title]
    if found.unfitted is not None:
        parts.append(Text(f"Not fitted: {found.unfitted}", style=_tone("amber")))
    told = f"Flow: dollars an hour, {tested} hours that the fit on {fitted} others did not see"
    if tested < LEAST:
        parts += ["", Text(f"{told}: too few to score.")]
    else:
        parts += ["", Text(f"{told}."), _flow(found)]
    if found.place:
        parts += [
            "",
            "Place: where prints fell among the prices passed in their hour.",
            _place(found),
        ]
    if found.truth:
        parts += ["", "Truth: the map beside what stood at the end.", _truth(found)]
    parts += ["", Text(f"Ledger: closes to {found.ledger.error:.0e}.")]
    return Group(*parts)


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for i, name in enumerate(names):
        table.add_column(name, header_style="dim", justify="right" if i else "left")
    return table


def _flow(found: "Evaluation") -> Table:
    measures = {
        "spearman": "Spearman",
        "log_corr": "log corr.",
        "sqrt_corr": "√ corr.",
        "r2_sqrt": "R²(√)",
    }
    table = _table("long / short", *measures.values())
    best = {
        (name, side): max(getattr(scores[side], name) for scores in found.flow.values())
        for name in measures
        for side in (0, 1)
    }
    for who, scores in found.flow.items():
        cells = [
            Text(" / ").join(
                Text(
                    f"{value:.2f}",
                    style="bold" if value == best[name, side] else "",
                )
                for side, value in enumerate(getattr(score, name) for score in scores)
            )
            for name in measures
        ]
        table.add_row(who, *cells)
    return table


def _place(found: "Evaluation") -> Table:
    table = _table("", "prints", "mean rank, 0.5 = chance", "in top 10 %", "by distance")
    for each in found.place:
        table.add_row(
            _side(each.side),
            f"{each.n}",
            f"{each.quantile:.2f} ({each.quantile_low:.2f}–{each.quantile_high:.2f})",
            f"{each.precision:.0%} ({each.precision_low:.0%}–{each.precision_high:.0%})",
            f"{each.distance_only:.0%}",
        )
    return table


def _truth(found: "Evaluation") -> Table:
    table = _table("", "within", "cosine", "modelled ÷ true", "true")
    numbers = Numbers("en", "UTC")
    for each in found.truth:
        table.add_row(
            _side(each.side),
            f"±{each.reach:.0%}",
            f"{each.cosine:.3f}",
            f"{each.mass_ratio:.2f}",
            numbers.usd(each.true_usd),
        )
    return table


def _side(side: Side) -> Text:
    return Text(_GLYPHS[side], style=f"bold {THEMES['dark'].side(side)}")


def _named(venues: Iterable[str]) -> str:
    return ", ".join(venue_name(venue) for venue in venues)
