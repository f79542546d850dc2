from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
from telegram import (
    Chat,
    ChatMember,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    User,
)

from liqbot.alerting.ledger import Ledger
from liqbot.alerting.subscription import Recipient, Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.platforms._telegram.membership import Membership
from liqbot.platforms._telegram.places import Place
from tests.fakes.ledger import a_ledger

AT = datetime(2026, 1, 7, tzinfo=UTC)
BOT = User(1, "liqbot", is_bot=True)
MEMBER, LEFT = ChatMemberMember(BOT), ChatMemberLeft(BOT)
KICKED = ChatMemberBanned(BOT, AT)
RIGHTS = signature(ChatMemberRestricted.__init__).parameters
NO: dict[str, Any] = {name: False for name in RIGHTS if name.startswith("can_")}


def a_change(chat: int, now: ChatMember) -> ChatMemberUpdated:
    type_ = "private" if chat > 0 else "supergroup"
    title = "Traders" if chat < 0 else None
    return ChatMemberUpdated(
        Chat(chat, type_, title), User(7, "Ann", is_bot=False), AT, MEMBER, now
    )


async def subscribed(ledger: Ledger, chat: ChatId) -> None:
    wanted = Subscription(
        id=0,
        chat=chat,
        user="7",
        wish=Wish(rule="cluster_approach"),
        created_at=AT,
        expires_at=AT + timedelta(days=1),
    )
    await ledger.subscriptions.add(wanted, {})


async def why(ledger: Ledger, address: str) -> str:
    return (await ledger.recipients.get(ChatId("telegram", address))).disabled


async def test_who_blocks_the_bot_is_told_nothing_and_who_lets_it_in_again_is() -> None:
    ledger = a_ledger()
    membership = Membership(ledger)
    await membership.changed(a_change(7, KICKED))
    assert await why(ledger, "user:7") == "the bot is blocked"
    await membership.changed(a_change(7, MEMBER))
    assert await why(ledger, "user:7") == ""


@pytest.mark.parametrize("now", [KICKED, LEFT])
async def test_a_chat_that_puts_the_bot_out_is_told_nothing_in_any_topic(now: ChatMember) -> None:
    ledger = a_ledger()
    for address in ("-1001", "-1001/17", "-10012"):
        await subscribed(ledger, ChatId("telegram", address))
    await ledger.recipients.put(Recipient(chat=ChatId("telegram", "-1001/18"), failures=3))
    await ledger.recipients.put(Recipient(chat=ChatId("discord", "-1001")))
    await Membership(ledger).changed(a_change(-1001, now))
    for address in ("-1001", "-1001/17", "-1001/18"):
        assert await why(ledger, address) == "the bot was put out of the chat (Traders)"
    assert await why(ledger, "-10012") == ""
    assert (await ledger.recipients.get(ChatId("discord", "-1001"))).disabled == ""


async def test_a_chat_where_the_bot_may_not_write_is_told_nothing() -> None:
    ledger = a_ledger()
    await subscribed(ledger, ChatId("telegram", "-1001"))
    restricted = ChatMemberRestricted(BOT, is_member=True, until_date=AT, **NO)
    await Membership(ledger).changed(a_change(-1001, restricted))
    assert await why(ledger, "-1001") == "the bot may not write there"


@pytest.mark.parametrize(
    ("before", "after"),
    [("20 deliveries in a row failed", ""), ("the bot may not write there",) * 2],
)
async def test_a_chat_that_somebody_writes_in_is_told_again_if_it_can_be(
    before: str, after: str
) -> None:
    ledger = a_ledger()
    chat = ChatId("telegram", "-1001/17")
    await ledger.recipients.put(Recipient(chat=chat, disabled=before, failures=20))
    await Membership(ledger).heard(Place(-1001, 17))
    await Membership(ledger).heard(Place(-1001, 18))
    assert await why(ledger, "-1001/17") == after
    assert len(await ledger.recipients.listed()) == 1


async def test_nothing_is_kept_of_chats_that_nobody_subscribed_in() -> None:
    ledger = a_ledger()
    await Membership(ledger).changed(a_change(-1001, KICKED))
    await Membership(ledger).changed(a_change(7, MEMBER))
    assert await ledger.recipients.listed() == ()


async def test_a_group_goes_on_under_its_new_number() -> None:
    ledger = a_ledger()
    await subscribed(ledger, ChatId("telegram", "-4100"))
    await ledger.recipients.put(Recipient(chat=ChatId("telegram", "-4100"), zone="Europe/Berlin"))
    await Membership(ledger).moved(-4100, -1001900)
    after = ChatId("telegram", "-1001900")
    assert (await ledger.recipients.get(after)).zone == "Europe/Berlin"
    assert [each.chat for each in await ledger.subscriptions.listed()] == [after]
