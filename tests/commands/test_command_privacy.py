"""Whatever people ask in whatever order, nobody sees or changes what is another's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.alerting.quiet import read_quiet
from liqbot.alerting.subscription import Recipient, Subscription, Wish
from liqbot.chat.message import ChatId, Message
from liqbot.chat.richtext import plain
from liqbot.commands.command import Caller
from tests.alerting.stage import a_subscription
from tests.commands.conversation import Conversation, a_conversation, a_map, words
from tests.ledgers import a_delivery, owing

GROUP = ChatId("telegram", "-100")
MAPS = (a_map(near=True), a_map("ETH"))
# What only they have said; wherever it turns up, it is theirs.
MARKS = {
    "ann": ("$41.3579M", "Asia/Kathmandu", "01:17-01:18", "0.413579"),
    "bob": ("$43.2468M", "Pacific/Chatham", "02:27-02:28", "0.432468"),
    "dan": ("$47.1357M", "America/Caracas", "03:37-03:38", "0.471357"),
}
NAMES = st.sampled_from(sorted(MARKS))
NUMBER = st.one_of(st.integers(0, 12).map(str), st.just("all"))
ACTS = st.one_of(
    st.sampled_from(
        [
            *(
                "subscribe BTC near {0}, once",
                "settings {1}",
                "quiet {2}",
                "subscribe ETH near {0}",
            ),
            *("mute BTC 1h", "mute all 2h", "settings light", "quiet off", "subscribe BTC near ?"),
            *("alerts", "settings", "quiet", "unmute", "test", "subscribe", "settings forget"),
            *("settings forget-everything", "settings reset", "heatmap btc", "status", "help why"),
            *("watch BTC long 65000 25x size {3}", "check BTC long 65000 25x size {3}", "watch"),
            *("channel", "channel list", "channel add BTC cascade", "channel settings"),
            *("channel settings light", "channel mute ETH 1h", "channel unmute", "channel test"),
            *("channel quiet 05:00-06:00", "channel settings forget-everything"),
        ]
    ),
    st.builds(
        "{} {}".format,
        st.sampled_from(
            [
                *("unsubscribe", "alerts pause", "alerts resume", "alerts extend", "alerts follow"),
                *("channel remove", "channel pause", "channel resume", "channel follow"),
                *("unwatch", "watch stop"),
                *("why", "unsubscribe user:ann", "alerts user:bob", "channel list user:dan"),
            ]
        ),
        NUMBER,
    ),
    st.sampled_from(sorted(MARKS)).map("why {}".format),  # the name of what they were told
)


def a_caller(name: str, *, at_home: bool = True) -> Caller:
    home = ChatId.private("telegram", name)
    return Caller(chat=home if at_home else GROUP, user=name, is_admin=name == "dan")


async def begun() -> tuple[Conversation, dict[str, str]]:
    """Return a conversation in which everybody has something, and the names of what was told."""
    talk, told = a_conversation(MAPS), dict[str, str]()
    ledger = talk.desk.ledger
    for name, (usd, zone, hours, _) in MARKS.items():
        home = ChatId.private("telegram", name)
        wish = Wish(rule="cluster_approach", base="BTC", min_usd=float(usd[1:-1]) * 1e6)
        one = a_subscription(wish, number=0, chat=home, user=name)
        number = (await ledger.subscriptions.add(one, {})).id
        quiet = read_quiet(f"{hours} {zone}")
        await ledger.recipients.put(Recipient(chat=home, zone=zone, quiet=quiet))
        owed = a_delivery(name, subscription=number, chat=home, message=f"m-{name}")
        await ledger.watch.settle(owing(owed))
        told[name] = owed.alert_id
    assert "cluster approach" in await talk.said(f"why {told['ann']}", a_caller("ann"))
    return talk, told


async def kept(talk: Conversation, chat: ChatId) -> tuple[Recipient, tuple[Subscription, ...]]:
    ledger = talk.desk.ledger
    return await ledger.recipients.get(chat), await ledger.subscriptions.listed(chat)


def everything(found: Message) -> str:
    return "\n".join([plain(found.text), *words(found), found.role])


@settings(max_examples=100)
@given(steps=st.lists(st.tuples(NAMES, st.booleans(), ACTS), min_size=4, max_size=10))
async def test_nobody_sees_or_changes_what_is_anothers(
    steps: list[tuple[str, bool, str]],
) -> None:
    talk, told = await begun()
    homes = {name: ChatId.private("telegram", name) for name in MARKS}
    for name, at_home, act in steps:
        caller = a_caller(name, at_home=at_home)
        line = act.format(*MARKS[name])
        if line.removeprefix("why ") in told:
            line = f"why {told[line.removeprefix('why ')]}"
        others = [home for other, home in homes.items() if other != name]
        others += [GROUP] * (name != "dan" or (at_home and "everything" not in line))
        before = [await kept(talk, chat) for chat in others]
        said = everything(await talk.ask(line, caller))
        after = [await kept(talk, chat) for chat in others]
        assert after == before, line
        for other, marks in MARKS.items():
            assert other == name or not any(mark in said for mark in marks), line
        if line.startswith("why ") and line != f"why {told[name]}":
            assert said.startswith(("No alert “", "“user:")), line
