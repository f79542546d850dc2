from datetime import UTC, datetime, timedelta

import pytest

from liqbot.alerting.quiet import Mute
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.commands.command import Caller
from tests.commands.conversation import BOB, DAN, HOME, Conversation, a_conversation, words


async def mutes(talk: Conversation) -> tuple[Mute, ...]:
    return (await talk.desk.ledger.recipients.get(HOME)).mutes


@pytest.mark.parametrize(
    ("line", "base", "hours", "answer"),
    [
        ("mute BTC 2h", "BTC", 2, "Muted BTC for 2h, until 7 Jan 04:00 UTC."),
        ("mute eth", "ETH", 1, "Muted ETH for 1h, until 7 Jan 03:00 UTC."),
        ("mute all 15m", "", 0.25, "Muted all markets for 15m, until 7 Jan 02:15 UTC."),
        ("mute 4h BTCUSDT", "BTC", 4, "Muted BTC for 4h, until 7 Jan 06:00 UTC."),
    ],
)
async def test_a_market_is_muted_for_a_while(
    line: str, base: str, hours: float, answer: str
) -> None:
    talk = a_conversation()
    found = await talk.ask(line)
    assert found.text == ((answer,),)
    assert words(found) == [f"unmute {base or 'all'}"]
    assert await mutes(talk) == (Mute(base, talk.clock.now() + timedelta(hours=hours)),)


@pytest.mark.parametrize(
    ("zone", "until", "answer"),
    [
        ("UTC", "2026-01-08T08:00+00:00", "8 Jan 08:00 UTC"),
        ("America/New_York", "2026-01-07T13:00+00:00", "7 Jan 08:00"),  # the day before, there
        ("Asia/Tokyo", "2026-01-07T23:00+00:00", "8 Jan 08:00"),
    ],
)
async def test_until_tomorrow_is_eight_in_the_morning_where_the_reader_is(
    zone: str, until: str, answer: str
) -> None:
    talk = a_conversation()
    await talk.desk.ledger.recipients.put(Recipient(chat=HOME, zone=zone))
    assert (await talk.said("mute BTC tomorrow")).startswith(f"Muted BTC until {answer}")
    assert await mutes(talk) == (Mute("BTC", datetime.fromisoformat(until)),)


async def test_until_tomorrow_minds_a_night_in_which_the_clock_is_changed() -> None:
    talk = a_conversation()
    talk.clock.at = datetime(2026, 3, 28, 20, tzinfo=UTC)
    await talk.desk.ledger.recipients.put(Recipient(chat=HOME, zone="Europe/Berlin"))
    await talk.ask("mute all tomorrow")
    assert await mutes(talk) == (Mute("", datetime(2026, 3, 29, 6, tzinfo=UTC)),)


async def test_a_market_has_one_mute_and_old_ones_go() -> None:
    talk = a_conversation()
    await talk.ask("mute BTC 15m")
    await talk.ask("mute ETH 2h")
    await talk.ask("mute ETH 1h")
    talk.clock.step(timedelta(minutes=30))
    await talk.ask("mute all 1h")
    assert [each.base for each in await mutes(talk)] == ["ETH", ""]


async def test_what_cannot_be_muted_says_what_can() -> None:
    talk = a_conversation()
    assert "at most 30d" in await talk.said("mute BTC 31d")
    assert (await talk.said("mute")).startswith("Say which market: BTC, or all")
    assert "There is no market “XYZ”" in await talk.said("mute XYZ 2h")
    assert await mutes(talk) == ()


@pytest.mark.parametrize("caller", [BOB, DAN])
@pytest.mark.parametrize("line", ["mute BTC 1h", "quiet 23:00-07:00"])
async def test_in_a_group_one_speaks_for_oneself(caller: Caller, line: str) -> None:
    talk = a_conversation()
    await talk.ask(line, caller)
    [kept] = await talk.desk.ledger.recipients.listed()
    assert kept.chat == caller.home == ChatId.private("telegram", caller.user)
