"""What is said of a wish once it is kept; how it is asked for is with the commands."""

from datetime import timedelta

import pytest

from liqbot.alerting.subscription import Recipient, Wish
from liqbot.chat.richtext import plain
from liqbot.commands._keeping import keep
from liqbot.errors import CommandError
from tests.commands.conversation import ANN, HOME, a_conversation, a_map
from tests.fakes.desk import a_status

WISH = Wish(rule="cluster_approach", base="BTC")


async def test_it_says_until_when_and_how_many_there_are() -> None:
    talk = a_conversation()
    kept, said = await keep(talk.desk, ANN, WISH, lasting=timedelta(days=7))
    assert kept.id == 1
    assert plain(tuple(said)) == "Until 14 Jan 02:00 UTC. You have 1/20 alerts."
    with pytest.raises(CommandError, match="already"):
        await keep(talk.desk, ANN, WISH)


async def test_it_says_what_is_true_and_what_hides_it() -> None:
    talk = a_conversation([a_map(near=True)], status=a_status(back_filling=0.5))
    await talk.ask("mute BTC 1h")
    _, said = await keep(talk.desk, ANN, WISH)
    lines = plain(tuple(said)).splitlines()
    assert lines[1].startswith("Muted until")
    assert lines[2].startswith("The past still comes in, 50%")
    assert "Already true now:" in lines


async def test_who_asks_can_be_told_again() -> None:
    talk = a_conversation()
    await talk.desk.ledger.recipients.put(Recipient(chat=HOME, disabled="blocked", failures=20))
    await keep(talk.desk, ANN, WISH)
    assert not (await talk.desk.ledger.recipients.get(HOME)).disabled
