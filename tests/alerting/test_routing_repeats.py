"""What is told again is kept up to date there, and where it was told before that is said."""

from datetime import timedelta

from liqbot.alerting.subscription import Wish
from liqbot.rules.rule import Finding
from tests.alerting.stage import Stage, cascade, look, near

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AGAIN = "BTC · Goes on in a newer message"


async def told_twice(stage: Stage, rule: str, *findings: tuple[Finding, ...]) -> None:
    """Let a chat be told of two findings, the second once the cooldown is over."""
    await stage.subscribe(Wish(rule=rule, base="BTC"))
    first, second = findings
    await stage.stay(look(first, rule=rule), lasting=HOUR + 4 * MINUTE, step=MINUTE)
    await stage.stay(look(second, rule=rule), lasting=3 * MINUTE, step=MINUTE)
    assert len(stage.sent) == 2


async def test_a_message_says_that_it_goes_on_in_a_newer_one_which_alone_is_closed() -> None:
    stage = Stage()
    await told_twice(stage, "cluster_approach", near(0.018), near(0.004))
    [(_, name, _)] = stage.edited
    assert name == "m1"
    assert stage.edits[0].startswith(AGAIN)
    await stage.stay(look(near(0.2)), lasting=10 * MINUTE, step=MINUTE)
    assert [name for _, name, _ in stage.edited[1:]] == ["m2"]
    assert "Over: " in stage.edits[1]


async def test_what_was_over_as_it_was_told_stays_as_it_was_said() -> None:
    stage = Stage()
    await told_twice(stage, "cascade_end", cascade(pace=5.0), cascade(pace=50.0))
    assert stage.edited == []


async def test_what_was_held_or_lost_goes_on_nowhere_else() -> None:
    stage = Stage()
    await stage.subscribe(Wish(rule="cluster_approach", base="BTC"))
    await stage.stay(look(near(0.018)), lasting=HOUR, step=MINUTE)
    stage.online = False
    await stage.stay(look(near(0.004)), lasting=5 * MINUTE, step=MINUTE)
    assert stage.edited == []  # the newer one has not arrived
