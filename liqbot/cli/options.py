"""What options are called and what they mean, once for all commands."""

from pathlib import Path
from typing import Annotated

import typer

STDOUT = Path("-")

Asked = Annotated[
    str,
    typer.Argument(metavar="MARKET", help="BTC, eth/usdt, bybit:BTC/USDT:USDT and the like."),
]
Market = Annotated[
    str,
    typer.Option("--market", metavar="MARKET", help="BTC, eth/usdt, bybit:BTC/USDT:USDT …"),
]
Folder = Annotated[
    Path,
    typer.Option("--recording", metavar="DIR", help="The folder that holds the recording."),
]
FolderInstead = Annotated[
    Path | None,
    typer.Option("--recording", metavar="DIR", help="A recording, instead of the live market."),
]
Venue = Annotated[
    str,
    typer.Option("--venue", metavar="NAME", help="One venue, or all that trade the market."),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="As it was then (ISO 8601, UTC).  [default: last]"),
]
Age = Annotated[
    str | None,
    typer.Option("--age", metavar="SPAN", help="Only positions opened within 24h, 7d …"),
]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A model that `liqbot fit` wrote."),
]
Prior = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="What the fit starts from.  [default: built in]"),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings, see `liqbot example-config`."),
]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="The same as JSON; - for stdout."),
]
PictureFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="The picture, a PNG.")]
Range = Annotated[
    str | None,
    typer.Option("--range", metavar="SPAN", help="12h, 24h, 3d, 7d, 30d, 90d  [default: 24h]"),
]
Chart = Annotated[
    str,
    typer.Option("--chart", metavar="NAME", help="heatmap, levels, delta, tiers, venues, cascade"),
]
Theme = Annotated[
    str | None,
    typer.Option("--theme", metavar="NAME", help="dark, light, contrast  [default: dark]"),
]
Colours = Annotated[
    str | None,
    typer.Option(
        "--colours", metavar="NAME", help="viridis, inferno, cividis, grey  [default: viridis]"
    ),
]
Size = Annotated[
    str | None,
    typer.Option("--size", metavar="NAME", help="portrait, wide, hd  [default: portrait]"),
]


def names(text: str) -> tuple[str, ...]:
    """Read a list of names, in capitals: "btc, eth"."""
    return tuple(each.strip().upper() for each in text.split(",") if each.strip())
