"""liqbot levels: the clusters of one market, as a table."""

from liqbot.cli import options, terminal


def levels(
    market: options.Asked,
    *,
    recording: options.FolderInstead = None,
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
        from liqbot.cli.live import see
        from liqbot.cli.look import model_in, settings
        from liqbot.cli.when import read_age

        given, limit = settings(config), read_age(age)
        view, assumed = given.charts, model_in(model, given)
    with terminal.looking(recording, at) as tell:
        seen = see(market, given, tell, recording=recording, venue=venue, at=at)
    with terminal.working():
        history = seen.recall(assumed, view.range, limit, given)
    if json is not None:
        document.put(json, as_json.history(history, view.span.name, age))
    terminal.note(*seen.remarks, *seen.repairs)
    if json != options.STDOUT:
        terminal.out().print(as_table.levels(history, view, age))
