from dataclasses import replace

from liqbot.chat.numbers import Numbers
from liqbot.commands._held import described, held
from tests.commands.conversation import ANN, BOB, a_conversation
from tests.market.test_holding import LONG, SHORT

GERMAN, ENGLISH = Numbers("de", "UTC"), Numbers("en", "UTC")


def test_a_position_is_described_as_its_reader_writes_figures() -> None:
    assert described("BTC", LONG, ENGLISH) == "BTC long 65,000 25x, stop 63,800, 0.5 BTC on OKX"
    assert described("BTC", LONG, GERMAN).startswith("BTC long 65.000 25x, stop 63.800")
    assert described("PEPE", SHORT, ENGLISH) == "PEPE short 0.00001200 12.5x"
    assert described("BTC", replace(LONG, stop=None, quantity=None, venue=""), ENGLISH) == (
        "BTC long 65,000 25x"
    )


async def test_only_positions_of_ones_own_are_held() -> None:
    talk = a_conversation()
    for line in ("subscribe BTC cascade", "watch BTC long 65000 25x"):
        await talk.ask(line)
    await talk.ask("watch BTC long 65000 20x", BOB)
    assert [each.id for each, _ in await held(talk.desk, ANN)] == [2]
    assert [holding.leverage for _, holding in await held(talk.desk, BOB)] == [20.0]
