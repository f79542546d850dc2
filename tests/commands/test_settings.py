from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.alerting.subscription import Recipient
from liqbot.chat.arguments import Known
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from tests.commands.conversation import (
    ANN,
    BOB,
    DAN,
    GROUP,
    HOME,
    Conversation,
    a_conversation,
    words,
)
from tests.fakes.desk import FakeStudio


async def kept(talk: Conversation) -> Recipient:
    return await talk.desk.ledger.recipients.get(HOME)


async def test_it_shows_how_things_are_read_and_offers_what_is_not_so() -> None:
    talk = a_conversation()
    found = await talk.ask("settings")
    assert plain(found.text).splitlines()[:-1] == [
        "Times, figures and pictures as you read them",
        "Time zone: UTC, 02:00 now",
        "Number style: en, 1,234,567.5",
        "Amounts: USD, as the venues tell them; no other currency yet",
        "Pictures: dark, viridis, 24h, portrait",
    ]
    assert found.private
    assert found.in_place
    assert "settings 24h" not in words(found)
    for each in words(found):
        assert (await talk.ask(each)).in_place
    assert await kept(talk) == Recipient(chat=HOME)


async def test_all_is_set_at_once_in_any_order() -> None:
    talk = a_conversation()
    text = await talk.said("settings light Berlin 7d de wide cividis")
    assert text.splitlines()[1:5] == [
        "Time zone: Europe/Berlin, 03:00 now",
        "Number style: de, 1.234.567,5",
        "Amounts: USD, as the venues tell them; no other currency yet",
        "Pictures: light, cividis, 7d, wide",
    ]
    assert await kept(talk) == Recipient(
        chat=HOME,
        zone="Europe/Berlin",
        locale="de",
        theme="light",
        colours="cividis",
        range="7d",
        size="wide",
    )
    await talk.ask("settings zone=utc")
    await talk.ask("mute BTC 1h")
    assert (await kept(talk)).zone == "UTC"
    await talk.ask("settings reset")
    after = await kept(talk)
    assert replace(after, mutes=()) == Recipient(chat=HOME)
    assert after.mutes


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("Berln", "There is no time zone “Berln”. Did you mean Berlin?"),
        ("zone=mars", "There is no time zone “mars”."),
        ("numbers=xx", "There is no number style “xx”. There is en, en_IN,"),
        ("ligt", "There is no theme “ligt”. Did you mean light?"),
        ("4d", "There is no range “4d”. Did you mean 7d?"),
        ("' OR 1=1 --", "There is no option"),
    ],
)
async def test_what_cannot_be_set_says_what_can(words: str, hint: str) -> None:
    talk = a_conversation()
    assert (await talk.said(f"settings {words}")).startswith(hint)
    assert await talk.desk.ledger.recipients.listed() == ()


async def test_pictures_come_as_the_chat_wants_them_that_they_come_into() -> None:
    talk = a_conversation()
    studio = talk.desk.studio
    assert isinstance(studio, FakeStudio)
    await talk.ask("settings light 7d de")
    await talk.ask("channel settings contrast", DAN)
    for line, caller in (
        ("heatmap btc", ANN),
        ("levels btc", ANN),
        ("heatmap btc 3d dark", ANN),
        ("heatmap btc", BOB),
        ("heatmap btc", replace(ANN, chat=GROUP)),
        ("test", replace(ANN, chat=GROUP)),
    ):
        await talk.ask(line, caller)
    looks = [(view.theme, view.range.days, view.locale) for _, view in studio.asked]
    assert looks == [
        ("light", 7, "de"),
        ("light", 7, "de"),
        ("dark", 3, "de"),
        ("contrast", 1, "en"),
        ("contrast", 1, "en"),
        ("light", 7, "de"),  # what is about oneself comes to oneself
    ]


async def test_times_are_told_in_the_zone_of_the_chat() -> None:
    talk = a_conversation()
    await talk.ask("settings Berlin")
    assert "Until 6 Feb 03:00 Europe/Berlin." in await talk.said("subscribe BTC near")
    await talk.ask("quiet 23:00-07:00")
    quiet = (await kept(talk)).quiet
    assert quiet is not None
    assert quiet.zone == "Europe/Berlin"


async def test_who_wants_to_be_forgotten_is_asked_once_more_and_then_forgotten() -> None:
    talk = a_conversation()
    dan_at_home = replace(DAN, chat=DAN.home)
    for line in ("subscribe BTC near", "settings light", "mute BTC 1h", "channel add ETH near"):
        await talk.ask(line, DAN)
    await talk.ask("subscribe BTC near", ANN)
    asked = await talk.ask("settings forget", DAN)
    assert "That is 2 alerts, also those that you added to groups" in plain(asked.text)
    assert words(asked) == ["settings forget-everything", "settings"]
    assert len(await talk.desk.ledger.subscriptions.listed()) == 3
    done = await talk.ask(words(asked)[0], dan_at_home)
    assert plain(done.text) == "Erased: 2 alerts, and all else kept of you."
    [left] = await talk.desk.ledger.subscriptions.listed()
    assert left.user == "ann"
    assert await talk.desk.ledger.recipients.listed() == ()


def test_to_be_forgotten_at_once_is_offered_nowhere() -> None:
    [action] = [each for each in COMMANDS["settings"].slots if each.name == "action"]
    assert list(action.word.names(Known())) == ["reset", "forget"]
    assert action.word.complete("forget", Known()) == ["forget"]


async def test_who_has_no_alerts_is_asked_about_the_rest_alone() -> None:
    talk = a_conversation()
    asked = await talk.said("settings forget")
    assert "That is what was told to you, your mutes," in asked
    assert "0 alerts" not in asked
    assert await talk.said("settings forget-everything") == "Erased: all kept of you."


async def test_a_chat_has_settings_and_is_nobody_to_forget() -> None:
    talk = a_conversation()
    shown = await talk.ask("channel settings Berlin", DAN)
    assert "as this chat reads them" in plain(shown.text)
    assert not any("forget" in each for each in words(shown))
    for line in ("channel settings forget", "channel settings forget-everything"):
        assert (await talk.said(line, DAN)).startswith("That is about a person")
    [recipient] = await talk.desk.ledger.recipients.listed()
    assert (recipient.chat, recipient.zone) == (GROUP, "Europe/Berlin")
    talk.clock.step(timedelta(days=1))
    assert "03:00 now" in await talk.said("channel settings", DAN)
