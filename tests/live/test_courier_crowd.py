"""Many who are told the same at once."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from liqbot.alerting.grading import Pending
from liqbot.alerting.routing import route
from liqbot.alerting.subscription import Wish
from liqbot.chat.message import ChatId
from tests.alerting.stage import TERMS, a_subscription, look, ratio
from tests.fakes.outcomes import FakeOutcomes
from tests.live.test_courier import Post

CROWD = [ChatId("console", f"c{number}") for number in range(1, 31)]


@dataclass
class Counted(FakeOutcomes):
    added: list[str] = field(default_factory=list)

    async def add(self, pending: Pending) -> None:
        self.added.append(pending.id)
        await super().add(pending)


@pytest.fixture
async def post() -> Post:
    """Owe everybody in a crowd the same news."""
    post = Post()
    for number, chat in enumerate(CROWD, 1):
        wish = Wish(rule="asymmetric_cluster", base="BTC", grade="D", lone=True)
        asked = a_subscription(wish, number=number, chat=chat)
        await post.ledger.subscriptions.add(asked, {})
        post.roster.put([asked])
    for _ in range(3):
        post.clock.step(timedelta(minutes=5))
        at = post.clock.now()
        seen = look(ratio(3.0), rule="asymmetric_cluster", at=at)
        changes = route(post.roster, [seen], at, TERMS)
        await post.ledger.watch.settle(changes)
        post.roster.apply(changes)
    return post


async def test_what_is_foretold_to_a_crowd_is_kept_once(post: Post) -> None:
    post.outcomes = Counted()
    post.courier = post.carrying({"console": post.messenger})
    await post.deliver()
    assert len(post.messenger.sent) == len(CROWD)
    assert len(post.outcomes.added) == 1
