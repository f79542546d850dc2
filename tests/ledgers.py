"""What a ledger keeps, for tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from liqbot.alerting.alert import Alert, Fingerprint, News
from liqbot.alerting.delivery import Delivery
from liqbot.alerting.lifecycle import Life, Phase
from liqbot.alerting.roster import Changes
from liqbot.market.units import ms_of
from liqbot.storage.database import Database
from liqbot.storage.tables import METADATA
from tests.alerting.stage import CHAT, START, near

SECOND = timedelta(seconds=1)


def a_name(subscription: int = 1, about: str = "L1", base: str = "BTC") -> Fingerprint:
    return Fingerprint(subscription, "cluster_approach", base, about)


def an_alert(name: Fingerprint | None = None, at: datetime = START) -> Alert:
    return Alert(
        fingerprint=name or a_name(),
        episode=ms_of(START),
        begun=START,
        at=at,
        data_at=at - SECOND,
        finding=near()[0],
        chart="levels",
        perishable=True,
    )


def a_delivery(id: str = "d1", **changes: Any) -> Delivery:  # noqa: A002, ANN401  # its name there
    name = a_name(changes.get("subscription", 1))
    values: dict[str, Any] = {
        "message": "m1",
        "chat": CHAT,
        "subscription": 1,
        "news": News.OPENED,
        "made_at": START,
        "due_at": START + 10 * SECOND,
        "fingerprint": name,
        "episode": ms_of(START),
        "alert": an_alert(name),
    }
    return Delivery(id=id, **(values | changes))


def a_life(**changes: Any) -> Life:  # noqa: ANN401
    """Return a life of which every field but one is unlike at the beginning."""
    moments = [START + timedelta(microseconds=1_234_567 * i) for i in range(6)]
    life = Life(
        phase=Phase.FIRING,
        since=moments[0],
        begun=moments[1],
        looks=2,
        episode=ms_of(START),
        stale_at=moments[2],
        barred=True,
        armed=False,
        told_at=moments[3],
        told_value=0.1 + 0.2,
        told_rank=2,
        shown_value=-1e-300,
        shown_rank=1,
        shown_at=moments[5],
        tellings=3,
        owed="d1",
        owed_in="m1",
        due_at=moments[4],
        message="m0",
    )
    return life._replace(**changes)


def owing(*deliveries: Delivery) -> Changes:
    return Changes(deliveries=list(deliveries))


def said_by(delivery: Delivery, at: datetime) -> Delivery:
    """Return a delivery whose alert was seen at another moment."""
    assert delivery.alert is not None
    return replace(delivery, alert=replace(delivery.alert, at=at))


async def empty(database: Database) -> None:
    """Make a database as it was when it was new: numbers begin with 1 again."""
    names = [table.name for table in reversed(METADATA.sorted_tables)]
    async with database.writing() as connection:
        if database.dialect == "postgresql":
            await connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY"))
        else:
            for name in (*names, "sqlite_sequence"):
                await connection.execute(text(f"DELETE FROM {name}"))
