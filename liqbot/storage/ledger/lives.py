"""Lives ⇄ rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.alerting.alert import Fingerprint
from liqbot.alerting.lifecycle import QUIET, Life, Phase
from liqbot.storage import tables
from liqbot.storage.ledger.reading import moment_at, readable, us_of
from liqbot.storage.upserts import Row, put

_STAMPS = ("since", "begun", "stale_at", "told_at", "shown_at", "due_at")


async def keep(connection: AsyncConnection, lives: Mapping[Fingerprint, Life]) -> None:
    """Keep lives in place of what was kept of their fingerprints."""
    await put(connection, tables.lives, [_row(name, life) for name, life in lives.items()])


async def load(connection: AsyncConnection) -> dict[Fingerprint, Life]:
    """Return all lives by fingerprint; raise StorageError for a damaged one."""
    every = tables.lives.c
    found = await connection.execute(
        select(every.subscription, every.rule, every.base, every.about, every.life)
    )
    return _read(found)


def over_us(life: Life) -> int:
    """Return since when there is nothing left to tell of a life, Unix us; 0 while there is."""
    waits = life.phase is not Phase.INACTIVE or life.owed or life.message
    return 0 if waits or life.since is None else us_of(life.since)


def _row(name: Fingerprint, life: Life) -> Row:
    told: dict[str, Any] = {
        field: value
        for field, value, usual in zip(Life._fields, life, QUIET, strict=True)
        if value != usual
    }
    for field in _STAMPS:
        if field in told:
            told[field] = us_of(told[field])
    return (*name, over_us(life), json.dumps(told, allow_nan=False, separators=(",", ":")))


def _read(found: Iterable[Sequence[Any]]) -> dict[Fingerprint, Life]:
    lives = {}
    with readable("life"):
        for number, rule, base, about, text in found:
            told = json.loads(text)
            for field in _STAMPS:
                if field in told:
                    told[field] = moment_at(told[field])
            if "phase" in told:
                told["phase"] = Phase(told["phase"])
            lives[Fingerprint(number, rule, base, about)] = Life(**told)
    return lives
