"""liqbot heatmap: a picture of one market."""

import typer

from liqbot.cli import files, options, terminal
from liqbot.errors import Unwritable


def heatmap(
    market: options.Asked,
    *,
    recording: options.Folder,
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
