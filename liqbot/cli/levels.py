"""liqbot levels: the clusters of one market, as a table."""

from liqbot.cli import options, terminal


def levels(
    market: options.Asked,
    *,
    recording: options.Folder,
    json: options.JsonFile = None,
    venue: options.Venue = "all",
    age: options.Age = None,
    at: options.At = None,
    model: options.ModelFile = None,
    config: options.ConfigFile = None,
) -> None:
    """List the clusters above and below the price."""
    with terminal.working():
        from liqbot.cli import as_json, as_table, document
        from liqbot.cli.look import look, model_in, settings

        given = settings(config)
        view = given.charts
        seen = look(recording, market, venue, at)
        history = seen.recall(model_in(model, given), view.range, age, given)
    if json is not None:
        document.put(json, as_json.history(history, view.span.name, age))
    terminal.note(*seen.repairs)
    if json != options.STDOUT:
        terminal.out().print(as_table.levels(history, view, age))
