"""Lives ⇄ rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from liqbot.alerting.lifecycle import QUIET, Life, Phase
from liqbot.errors import StorageError
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.ledger import lives
from liqbot.storage.ledger.reading import us_of
from liqbot.storage.ledger.stores import sql_ledger
from tests.alerting.stage import START, a_subscription
from tests.ledgers import a_life, a_name

_MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
_WORDS = st.text("0123456789abcdef", max_size=4)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "phase": st.sampled_from(Phase),
            **dict.fromkeys(
                ("since", "begun", "stale_at", "told_at", "shown_at", "due_at"), _MOMENTS
            ),
            **dict.fromkeys(("looks", "told_rank", "shown_rank", "tellings"), st.integers(0, 9)),
            **dict.fromkeys(("barred", "armed"), st.booleans()),
            **dict.fromkeys(
                ("told_value", "shown_value"), st.floats(allow_nan=False, allow_infinity=False)
            ),
            **dict.fromkeys(("owed", "owed_in", "message"), _WORDS),
            "episode": st.integers(0, 2**50),
        },
    )
)
def test_a_life_is_read_as_it_was(changes: dict[str, Any]) -> None:
    life = Life(**changes)
    (*name, _, words) = lives._row(a_name(), life)
    assert lives._read([(*name, words)]) == {a_name(): life}


def test_only_what_is_unlike_the_beginning_is_written() -> None:
    assert lives._row(a_name(), QUIET)[-2:] == (0, "{}")


@pytest.mark.parametrize(
    ("changes", "is_over"),
    [
        ({}, True),
        ({"barred": False}, True),
        ({"owed": "d1"}, False),
        ({"message": "m1"}, False),
        ({"since": None}, False),
        *[({"phase": phase}, phase is Phase.INACTIVE) for phase in Phase],
    ],
)
def test_a_life_is_over_when_nothing_is_left_to_tell(
    changes: dict[str, Any], is_over: bool
) -> None:
    life = a_life(phase=Phase.INACTIVE, owed="", message="")._replace(**changes)
    assert lives.over_us(life) == (us_of(START) if is_over else 0)


async def test_lives_go_with_their_subscription(database: Database) -> None:
    ledger = sql_ledger(database)
    kept = await ledger.subscriptions.add(a_subscription(number=0), {a_name(): a_life()})
    await ledger.subscriptions.delete(kept.id)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(tables.lives)) == 0


@pytest.mark.parametrize("words", ['{"phase": "asleep"}', '{"since": "noon"}', '{"age": 3}', "{"])
async def test_a_damaged_life_is_told_of(database: Database, words: str) -> None:
    ledger = sql_ledger(database)
    await ledger.subscriptions.add(a_subscription(number=0), {a_name(): a_life()})
    async with database.writing() as connection:
        await connection.execute(text("UPDATE lives SET life = :words"), {"words": words})
    with pytest.raises(StorageError, match="a life kept is damaged"):
        await ledger.watch.load()
