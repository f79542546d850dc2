"""liqbot check: whether all that the bot needs is in order."""

from typing import TYPE_CHECKING

import typer

from liqbot.cli import options, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from liqbot.cli.checking import Check


def check(*, json: options.JsonFile = None, config: options.ConfigFile = None) -> None:
    """Check settings, database, exchanges and markets."""
    import asyncio

    from numpy.random import PCG64, Generator

    from liqbot.cli import document
    from liqbot.cli.checking import Check, check_all
    from liqbot.clock import SystemClock
    from liqbot.config.reading import load
    from liqbot.config.shape import Config

    given = load(config) if config else Config()
    where = f"{config}: read" if config else "the defaults; name a file with --config"
    with terminal.progress(f"Asking {', '.join(given.exchanges)}", told=False):
        found = asyncio.run(check_all(given, SystemClock(), Generator(PCG64())))
    checks = (Check(name="settings", ok=True, told=where), *found)
    is_fine = all(each.ok for each in checks)
    if json is not None:
        told = [document.fields_of(each) for each in checks]
        document.put(json, {"ok": is_fine, "checks": told})
    if json != options.STDOUT:
        terminal.out().print(_table(checks))
        for each in checks:
            for line in each.more:
                terminal.out().print(f"{each.name}: {line}", markup=False, soft_wrap=True)
    if not is_fine:
        raise typer.Exit(1)


def _table(checks: "Iterable[Check]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    for each in checks:
        mark = Text("✓", style="green") if each.ok else Text("✗", style="bold red")
        table.add_row(mark, Text(each.name, style="bold"), Text(each.told, overflow="fold"))
    return table
