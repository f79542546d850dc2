"""Owners hear once that feeds are silent, at most once an hour, and once that all are back."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.delivery import Delivery, Post, claim
from liqbot.alerting.feeds import BACK, Feed, heeded
from liqbot.alerting.wording import message
from liqbot.chat.message import ChatId
from tests.alerting.stage import NUMBERS, START

OWNERS = (ChatId.private("telegram", "7"), ChatId.private("discord", "8"))
BTC, ETH, OKX = Feed("binance", "BTC"), Feed("binance", "ETH"), Feed("okx", "BTC")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Bot:
    """What an owner hears."""

    def __init__(self) -> None:
        self.trails: dict[str, tuple[datetime, ...]] = {}
        self.told: list[tuple[datetime, str]] = []

    def look(self, at: datetime, *silent: Feed) -> list[Delivery]:
        changes = heeded(self.trails, silent, OWNERS, at)
        self.trails |= changes.trails
        mine = [each for each in changes.deliveries if each.chat == OWNERS[0]]
        self.told += [(at, each.words) for each in mine]
        return changes.deliveries


def test_markets_that_fall_silent_are_one_message_to_each_owner_and_one_as_they_are_back() -> None:
    bot = Bot()
    made = bot.look(START, OKX, ETH, BTC)
    assert {each.chat for each in made} == set(OWNERS)
    assert len({each.id for each in made}) == 2
    bot.look(START + MINUTE, OKX, ETH, BTC)
    bot.look(START + 2 * MINUTE, OKX)
    bot.look(START + 3 * MINUTE)
    bot.look(START + 4 * MINUTE)
    gone = "No data for 10 min: BTC, ETH on Binance; BTC on OKX."
    waits = "Alerts that need them wait; /status says why."
    assert [words for _, words in bot.told] == [f"{gone} {waits}", BACK]


def test_what_falls_silent_within_the_hour_waits_until_it_is_over() -> None:
    bot = Bot()
    bot.look(START, BTC)
    for minute in range(1, 60):
        bot.look(START + minute * MINUTE, BTC, OKX)
    assert len(bot.told) == 1
    bot.look(START + HOUR, BTC, OKX)
    assert bot.told[-1][0] == START + HOUR


def test_many_markets_of_a_venue_are_counted() -> None:
    bot = Bot()
    bot.look(START, *(Feed("bybit", f"M{i}") for i in range(6)))
    assert bot.told[0][1].startswith("No data for 10 min: 6 markets on Bybit.")


@given(st.lists(st.sets(st.sampled_from([BTC, ETH, OKX])), max_size=300))
def test_however_they_flap_each_word_of_silence_is_an_hour_from_the_last_and_followed_by_one(
    looks: list[set[Feed]],
) -> None:
    bot = Bot()
    for i, silent in enumerate(looks):
        bot.look(START + i * MINUTE, *silent)
    gone = [at for at, words in bot.told if words != BACK]
    assert all(later - at >= HOUR for at, later in pairwise(gone))
    words = [words for _, words in bot.told]
    assert all((a, b) != (BACK, BACK) for a, b in pairwise(words))


def test_a_notice_offers_the_status() -> None:
    told, _ = Bot().look(START, BTC)
    post = Post(message=told.message, chat=told.chat, deliveries=claim([told], START))
    said = message(post, NUMBERS, START)
    assert [[each.words for each in row] for row in said.buttons] == [["/status"]]
    assert said.text == ((told.words,),)
