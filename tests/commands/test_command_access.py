"""Who may do what where: every command, by whoever asks, wherever they ask."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest

from liqbot.alerting.ledger import Ledger
from liqbot.alerting.quiet import Mute
from liqbot.alerting.subscription import LASTING, Recipient, Wish
from liqbot.chat.message import ChatId
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller
from tests.alerting.stage import a_subscription
from tests.commands.conversation import Conversation, a_conversation, a_map
from tests.fakes.desk import AT

GROUP, CHANNEL, GUILD = (
    ChatId("telegram", "-100"),
    ChatId("telegram", "-200|3"),
    ChatId("discord", "9"),
)
OWN = None  # the caller's own chat
CHATS = (OWN, GROUP, CHANNEL, GUILD)

# What becomes of it: told = answered, and nobody's state is changed; own = the caller's is, and
# nobody else's; chat = that of the chat is, and nobody else's; refused = nothing is said or done.
TOLD, MINE, CHAT, REFUSED = "told", "own", "chat", "refused"


@dataclass(frozen=True)
class Row:
    """One thing that is asked, and what becomes of it by who asks where."""

    line: str
    own: str = MINE  # in one's own chat, whoever one is
    member: str = MINE  # in a shared one
    admin: str = MINE  # or as its owner


ROWS = (
    Row("subscribe BTC cascade"),
    Row("subscribe", TOLD, TOLD, TOLD),
    Row("alerts", TOLD, TOLD, TOLD),
    *(Row(f"alerts {each} all") for each in ("pause", "resume", "extend", "follow")),
    Row("unsubscribe all"),
    Row("mute BTC 1h"),
    Row("unmute"),
    Row("quiet 22:00-06:00"),
    Row("settings light"),
    Row("settings forget", TOLD, TOLD, TOLD),
    Row("settings forget-everything"),
    Row("test", TOLD, TOLD, TOLD),
    Row("why 1f", TOLD, TOLD, TOLD),
    Row("check BTC long 65000 25x", TOLD, TOLD, TOLD),
    Row("watch BTC long 65000 25x"),
    Row("watch", TOLD, TOLD, TOLD),
    Row("unwatch all", TOLD, TOLD, TOLD),  # of alerts that are no positions, none
    Row("channel", TOLD, REFUSED, TOLD),
    Row("channel list", TOLD, REFUSED, TOLD),
    Row("channel test", TOLD, REFUSED, TOLD),
    *(
        Row(f"channel {each}", TOLD, REFUSED, CHAT)
        for each in (
            *("add BTC cascade", "remove all", "mute BTC 1h", "unmute", "quiet 22:00-06:00"),
            *("settings light", "pause all", "resume all", "extend all", "follow all"),
        )
    ),
    Row("channel settings forget-everything", TOLD, REFUSED, TOLD),
    *(
        Row(f"{name} btc" if any(s.required for s in COMMANDS[name].slots) else name, *[TOLD] * 3)
        for name in COMMANDS
        if not (COMMANDS[name].personal or COMMANDS[name].admin_only)
    ),
)
MAPS = (a_map(), a_map("ETH"))
STANDING = {"owner": True, "admin": True, "member": False}  # whether the platform says admin


def a_caller(who: str, chat: ChatId | None) -> Caller:
    """Return somebody who asks in a chat, or in their own."""
    platform = chat.platform if chat else "telegram"
    return Caller(
        chat=chat or ChatId.private(platform, who),
        user=who,
        is_admin=chat is not None and STANDING.get(who, False),
        is_allowed=who != "stranger",
    )


async def state(talk: Conversation) -> dict[ChatId, object]:
    """Return all that is kept, by chat."""
    ledger = talk.desk.ledger
    kept: dict[ChatId, object] = {}
    for each in await ledger.subscriptions.listed():
        kept[each.chat] = (kept.get(each.chat), each)
    for chat in await ledger.recipients.listed():
        kept[chat.chat] = (kept.get(chat.chat), chat)
    return kept


async def furnished() -> Conversation:
    """Return a conversation in which everybody, and every chat, is told and has set something."""
    talk = a_conversation(MAPS)
    ledger = talk.desk.ledger
    for platform, who in product(("telegram", "discord"), (*STANDING, "stranger")):
        await keep(ledger, ChatId.private(platform, who), who)
    for chat in (GROUP, CHANNEL, GUILD):
        await keep(ledger, chat, "somebody")
    talk.clock.step(timedelta(hours=1))
    return talk


async def keep(ledger: Ledger, chat: ChatId, user: str) -> None:
    """Keep two alerts for a chat, one of them paused, and a mute."""
    for paused in ("", "you paused it"):
        wish = Wish(rule="cluster_approach", base="ETH" if paused else "BTC")
        one = a_subscription(wish, number=0, chat=chat, user=user, paused=paused)
        await ledger.subscriptions.add(replace(one, created_at=AT, expires_at=AT + LASTING), {})
    mutes = (Mute("ETH", AT + timedelta(days=1)),)
    await ledger.recipients.put(Recipient(chat=chat, mutes=mutes))


@pytest.mark.parametrize("who", [*STANDING, "stranger"])
@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.address if chat else "own")
async def test_who_may_do_what_where(who: str, chat: ChatId | None) -> None:
    caller, wrong = a_caller(who, chat), []
    for row in ROWS:
        talk = await furnished()
        before = await state(talk)
        found = await talk.ask(row.line, caller)
        after = await state(talk)
        changed = {each for each in before | after if before.get(each) != after.get(each)}
        refused = plain(found.text).startswith(("This bot is private", "Only an administrator"))
        place = row.own if chat is None else row.admin if STANDING.get(who) else row.member
        expected = REFUSED if who == "stranger" else place
        whose = {MINE: {caller.home}, CHAT: {chat}}.get(expected, set())
        hidden = found.private or not (refused or COMMANDS[row.line.split()[0]].personal)
        if (changed, refused, hidden) != (whose, expected == REFUSED, True):
            wrong.append((row, changed, plain(found.text)))
    assert wrong == []


def test_every_command_has_a_row() -> None:
    assert {row.line.split()[0] for row in ROWS} == set(COMMANDS)
