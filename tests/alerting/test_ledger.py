"""Whose a trail is follows from its name, as grouping gives it."""

from datetime import timedelta

import pytest

from liqbot.alerting.ledger import is_trail_of
from liqbot.alerting.placing import group_key
from liqbot.alerting.subscription import Recipient, Wish
from liqbot.chat.message import ChatId
from tests.alerting.stage import CHAT, Stage, look, near, ratio

TOPIC = ChatId("telegram", "-100|2")


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("fires|7|BTC", True),
        ("fires|77|BTC", False),
        ("fires|1|7", False),
        (group_key(TOPIC, "BTC"), True),
        (group_key(TOPIC, ""), True),
        (group_key(ChatId("telegram", "-100"), "2"), True),  # the same words
        (group_key(ChatId("telegram", "-100"), "BTC"), False),
        ("told|telegram|-100|2", True),
        ("told|telegram|-100|22", False),
        ("told|discord|-100|2", False),
        ("", False),
    ],
)
def test_a_trail_says_whose_it_is(name: str, theirs: bool) -> None:
    assert is_trail_of(name, (7, 8), TOPIC) is theirs


def test_without_a_chat_only_subscriptions_count() -> None:
    assert is_trail_of("fires|7|BTC", (7,), None)
    assert not is_trail_of("told|telegram|-100|2", (7,), None)


async def test_every_trail_that_routing_leaves_is_of_somebody() -> None:
    stage = Stage()
    wishes = [Wish(rule=rule) for rule in ("cluster_approach", "asymmetric_cluster")]
    made = await stage.subscribe(*wishes)
    await stage.prefer(Recipient(chat=CHAT, cap=1))
    looks = (look(near()), look(ratio(3.0), rule="asymmetric_cluster", base="ETH"))
    await stage.stay(*looks, lasting=timedelta(minutes=12))
    names = set((await stage.ledger.watch.load()).trails)
    assert {name.partition("|")[0] for name in names} == {"group", "told", "digest", "fires"}
    numbers = [each.id for each in made]
    assert [name for name in names if not is_trail_of(name, numbers, CHAT)] == []
    assert [name for name in names if is_trail_of(name, [99], TOPIC)] == []
