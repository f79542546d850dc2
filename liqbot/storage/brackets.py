"""Maintenance-margin brackets ⇄ rows."""

import json
import math

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.errors import StorageError
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule, MarginTier
from liqbot.market.units import Usd
from liqbot.storage import tables
from liqbot.storage.upserts import put


async def keep(
    connection: AsyncConnection, instrument: Instrument, schedule: MarginSchedule, from_ms: int
) -> None:
    """Keep brackets as valid from a moment (Unix ms), unless the same are valid by then."""
    held = await newest(connection, instrument, from_ms)
    if held is None or held.tiers != schedule.tiers:
        names = (instrument.venue, instrument.base, instrument.quote)
        tiers = json.dumps([_plain(tier) for tier in schedule.tiers])
        await put(connection, tables.brackets, [(*names, from_ms, schedule.source, tiers)])


async def newest(
    connection: AsyncConnection, instrument: Instrument, at_ms: int
) -> MarginSchedule | None:
    """Return the brackets valid at a moment (Unix ms); raise StorageError for damaged ones."""
    brackets = tables.brackets.c
    found = await connection.execute(
        select(brackets.from_ms, brackets.source, brackets.tiers)
        .where(
            brackets.venue == instrument.venue,
            brackets.base == instrument.base,
            brackets.quote == instrument.quote,
            brackets.from_ms <= at_ms,
        )
        .order_by(brackets.from_ms.desc())
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    try:
        tiers = tuple(_tier(*numbers) for numbers in row.tiers)
        return MarginSchedule(tiers=tiers, source=row.source)
    except (TypeError, ValueError) as error:
        raise StorageError(f"the brackets kept for {row.from_ms} are damaged: {error}") from error


def _plain(tier: MarginTier) -> list[float | None]:
    cap = tier.cap if math.isfinite(tier.cap) else None  # JSON knows no infinity
    return [tier.floor, cap, tier.rate, tier.amount, tier.max_leverage]


def _tier(
    floor: float, cap: float | None, rate: float, amount: float, max_leverage: float
) -> MarginTier:
    return MarginTier(
        floor=Usd(floor),
        cap=Usd(math.inf if cap is None else cap),
        rate=rate,
        amount=Usd(amount),
        max_leverage=max_leverage,
    )
