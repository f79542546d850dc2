"""liqbot heatmap: a picture of one market."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from liqbot.cli import files, options, terminal
from liqbot.errors import Unwritable

if TYPE_CHECKING:
    from liqbot.charts.chart import Picture


def heatmap(
    market: options.Asked,
    *,
    recording: options.FolderInstead = None,
    out: options.PictureFile,
    json: options.JsonFile = None,
    venue: options.Venue = "all",
    window: options.Range = None,
    age: options.Age = None,
    at: options.At = None,
    chart: options.Chart = "heatmap",
    theme: options.Theme = None,
    colours: options.Colours = None,
    size: options.Size = None,
    model: options.ModelFile = None,
    config: options.ConfigFile = None,
) -> None:
    """Draw where leveraged positions would be liquidated."""
    _check(out)
    with terminal.working():
        from liqbot.cli import as_json, document
        from liqbot.cli.live import see
        from liqbot.cli.look import chart_named, model_in, settings, view_of
        from liqbot.cli.when import read_age

        given, limit = settings(config), read_age(age)
        view = view_of(given, window, theme=theme, colours=colours, size=size)
        draw, assumed = chart_named(chart).draw, model_in(model, given)
    with terminal.looking(recording, at) as tell:
        seen = see(market, given, tell, recording=recording, venue=venue, at=at)
    with terminal.working():
        history = seen.recall(assumed, view.range, limit, given)
        picture = draw(history, view)
    _keep(picture, out)
    if json is not None:
        document.put(json, as_json.history(history, view.span.name, age))
    terminal.note(*seen.remarks, *seen.repairs)
    if json != options.STDOUT:
        typer.echo(picture.alt)


def _check(out: Path) -> None:
    if out.suffix.lower() != ".png":
        raise Unwritable(f"Pictures are PNG files: name it {out.with_suffix('.png').name}.")
    files.check(out)


def _keep(picture: "Picture", out: Path) -> None:
    files.write(out, picture.png)
    terminal.note(f"{out}: {picture.width}×{picture.height}, {len(picture.png) / 1000:.0f} KB")
