"""What has to be in order for the bot to run."""

from liqbot.cli.checking import Check, Venue, brought_twice, market
from liqbot.market.instrument import Instrument


def a_venue(name: str, *bases: str, ok: bool = True) -> Venue:
    instruments = tuple(Instrument(name, base, "USDT") for base in bases)
    return Venue(check=Check(name=name, ok=ok, told=""), instruments=instruments)


def test_a_market_says_where_it_is_and_where_not() -> None:
    checked = market("BTC", [a_venue("okx", "BTC"), a_venue("gate", "ETH")])
    assert (checked.ok, checked.told) == (True, "okx BTC/USDT:USDT; not on gate")
    assert checked.figures == {"listed": {"okx": "BTC/USDT:USDT"}, "lacking": ["gate"]}


def test_a_venue_that_did_not_answer_does_not_lack_a_market() -> None:
    checked = market("BTC", [a_venue("okx", "BTC"), a_venue("gate", ok=False)])
    assert checked.told == "okx BTC/USDT:USDT"


def test_a_market_of_one_venue_is_looked_for_there_alone() -> None:
    venues = [a_venue("okx", "BTC"), a_venue("gate", "BTC", "ETH")]
    assert market("gate:BTC", venues).told == "gate BTC/USDT:USDT"
    nowhere = market("okx:ETH", venues)
    assert (nowhere.ok, nowhere.told) == (False, "There is no market “ETH”. There is BTC.")


def test_a_venue_is_brought_once() -> None:
    assert brought_twice([a_venue("okx"), a_venue("gate")]) == []
    (wrong,) = brought_twice([a_venue("okx"), a_venue("gate"), a_venue("okx")])
    assert not wrong.ok
    assert "okx" in wrong.told
