"""A message that somebody deleted stays deleted, unless something new joins it."""

from dataclasses import replace

import pytest

from liqbot.alerting.alert import Fingerprint, News
from liqbot.alerting.delivery import change
from liqbot.alerting.roster import Changes
from liqbot.alerting.subscription import Wish
from liqbot.chat.richtext import plain
from liqbot.errors import DeliveryRefused
from tests.alerting.stage import a_subscription
from tests.live.test_courier import Post


@pytest.fixture
def post() -> Post:
    return Post()


async def test_what_joins_a_message_that_was_deleted_is_said_in_another_once(post: Post) -> None:
    await post.owe()
    await post.deliver()
    [told] = (await post.ended()).values()
    eth = a_subscription(Wish(rule="cascade_start", base="ETH"), number=2)
    await post.ledger.subscriptions.add(eth, {})
    name = Fingerprint(2, "cascade_start", "ETH", "long")
    assert told.alert is not None
    alert = replace(told.alert, fingerprint=name)

    async def change_it() -> None:
        now = post.clock.now()
        news = change(eth, name, 1, News.CHANGED, message=told.message, at=now, alert=alert)
        await post.ledger.watch.settle(Changes(deliveries=[news]))
        await post.deliver()

    post.messenger.troubles = [DeliveryRefused("the message is gone")]
    await change_it()
    assert [plain(said.text).count("come in a cascade") for _, said in post.messenger.sent] == [
        1,
        2,
    ]
    await change_it()
    assert [name for _, name, _ in post.messenger.edited] == ["2"]
    post.messenger.troubles = [DeliveryRefused("the message is gone")]
    await change_it()
    assert len(post.messenger.sent) == 2
