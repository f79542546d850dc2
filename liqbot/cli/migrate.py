"""liqbot migrate: bring the database to the tables of this version."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from liqbot.cli import options

Address = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="This one, whatever the settings say."),
]


def migrate(*, config: options.ConfigFile = None, database: Address = None) -> None:
    """Bring the database to the tables of this version."""
    url = database or _configured(config)
    typer.echo(asyncio.run(_migrated(url)))


async def _migrated(url: str) -> str:
    """Migrate, and say from where to where."""
    from liqbot.storage.database import open_database
    from liqbot.storage.migration import migrate as bring_up_to_date

    async with open_database(url) as database:
        before, after = await bring_up_to_date(database)
        if before == after:
            return f"{database.shown_url}: is at {after}, nothing to do"
        return f"{database.shown_url}: from {before or 'nothing'} to {after}"


def _configured(path: Path | None) -> str:
    """Return the URL that the environment or the settings name, else the state folder's file."""
    from liqbot.cli.database import address
    from liqbot.config.reading import load
    from liqbot.config.shape import Config

    return address(load(path) if path else Config()).reveal()
