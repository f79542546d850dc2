import pytest

from liqbot.alerting.subscription import Recipient
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from tests.commands.conversation import ANN, HOME, a_conversation, words
from tests.fakes.desk import a_desk


async def test_a_sample_is_marked_and_drawn_of_the_market() -> None:
    talk = a_conversation()
    found = await talk.ask("test eth")
    lines = plain(found.text).splitlines()
    assert lines[0] == "SAMPLE with made-up numbers; alerts look like this:"
    assert lines[1] == "ETH · Price is near a cluster of longs below it"
    assert lines[2].startswith("63,705 to 64,025: if price went there, about $40.0M would fire")
    assert lines[-2].startswith("SIMULATED · ESTIMATE")
    assert lines[-1] == "One would be sent at once."
    assert found.picture is not None
    assert found.picture.name.startswith("eth-heatmap-")
    assert words(found) == ["/alerts", "/subscribe"]
    assert await talk.desk.ledger.outbox.claim_due(talk.clock.now(), 9) == ()


@pytest.mark.parametrize(
    ("line", "fate"),
    [
        ("mute BTC 2h", "None would be sent now: BTC is muted until 7 Jan 04:00 UTC."),
        ("mute ETH 2h", "One would be sent at once."),
        ("quiet 01:00-03:00", "One would be held: it is quiet until 7 Jan 03:00 UTC."),
        ("quiet 01:00-03:00 drop", "None would be sent: it is quiet until 7 Jan 03:00 UTC."),
        ("quiet 01:00-03:00 silent", "One would come without a sound: it is quiet until"),
        ("quiet 03:00-04:00", "One would be sent at once."),
    ],
)
async def test_it_says_what_would_become_of_an_alert(line: str, fate: str) -> None:
    talk = a_conversation()
    await talk.ask(line)
    assert (await talk.said("test")).splitlines()[-1].startswith(fate)


async def test_a_chat_that_was_given_up_is_told_why() -> None:
    talk = a_conversation()
    await talk.desk.ledger.recipients.put(Recipient(chat=HOME, disabled="blocked"))
    assert (await talk.said("test")).endswith(
        "None would be sent: blocked. /alerts resume mends it."
    )


async def test_without_a_picture_or_a_price_words_have_to_do() -> None:
    busy = await a_conversation(is_busy=True).ask("test")
    assert busy.picture is None
    assert "63,705" in plain(busy.text)
    blind = await a_conversation(blind=["BTC"]).ask("test")
    assert blind.picture is None
    assert "expected $40.0M" in plain(blind.text)


async def test_before_any_market_is_known_it_says_so() -> None:
    desk, markets, _ = a_desk()
    markets.histories = {}
    found = await COMMANDS["test"].invoke(desk, ANN, "")
    assert plain(found.text).startswith("No market is watched yet; /status says why.")
