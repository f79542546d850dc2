"""liqbot heatmap: a picture of one market."""

from pathlib import Path
from typing import Annotated

import typer

from liqbot.cli import files, options, terminal
from liqbot.errors import Unwritable


def heatmap(
    market: options.Asked,
    *,
    recording: options.Folder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The picture, a PNG.")],
    json: options.JsonFile = None,
    venue: options.Venue = "all",
    window: Annotated[
        str | None,
        typer.Option("--range", metavar="SPAN", help="12h, 24h, 3d, 7d, 30d, 90d  [default: 24h]"),
    ] = None,
    age: options.Age = None,
    at: options.At = None,
    chart: Annotated[
        str,
        typer.Option("--chart", metavar="NAME", help="heatmap, levels, delta, tiers, venues"),
    ] = "heatmap",
    theme: Annotated[
        str | None,
        typer.Option("--theme", metavar="NAME", help="dark, light, contrast  [default: dark]"),
    ] = None,
    colours: Annotated[
        str | None,
        typer.Option(
            "--colours",
            metavar="NAME",
            help="viridis, inferno, cividis, grey  [default: viridis]",
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option("--size", metavar="NAME", help="portrait, wide, hd  [default: portrait]"),
    ] = None,
    model: options.ModelFile = None,
    config: options.ConfigFile = None,
) -> None:
    """Draw where leveraged positions would be liquidated."""
    if out.suffix.lower() != ".png":
        raise Unwritable(f"Pictures are PNG files: name it {out.with_suffix('.png').name}.")
    files.check(out)
    with terminal.working():
        from liqbot.cli import as_json, document
        from liqbot.cli.look import chart_named, look, model_in, settings, view_of

        given = settings(config)
        view = view_of(given, window, theme=theme, colours=colours, size=size)
        draw = chart_named(chart).draw
        seen = look(recording, market, venue, at)
        history = seen.recall(model_in(model, given), view.range, age, given)
        picture = draw(history, view)
    files.write(out, picture.png)
    if json is not None:
        document.put(json, as_json.history(history, view.span.name, age))
    terminal.note(*seen.repairs)
    terminal.note(f"{out}: {picture.width}×{picture.height}, {len(picture.png) / 1000:.0f} KB")
    if json != options.STDOUT:
        typer.echo(picture.alt)
