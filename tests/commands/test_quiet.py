from datetime import timedelta

import pytest

from liqbot.alerting.quiet import Mode, QuietHours
from tests.commands.conversation import HOME, Conversation, a_conversation, words


async def kept(talk: Conversation) -> QuietHours | None:
    return (await talk.desk.ledger.recipients.get(HOME)).quiet


async def test_quiet_hours_are_set_and_said_back() -> None:
    talk = a_conversation()
    found = await talk.ask("quiet 23:00-07:00 Europe/Berlin mon-fri silent")
    assert words(found) == ["quiet off"]
    assert await talk.said("quiet") == (
        "Quiet 23:00-07:00 Europe/Berlin mon,tue,wed,thu,fri silent\n"
        "Alerts come without a sound.\n"
        "It is quiet now, until 7 Jan 06:00 UTC."
    )
    quiet = await kept(talk)
    assert quiet is not None
    assert (quiet.mode, quiet.zone) == (Mode.SILENT, "Europe/Berlin")
    talk.clock.step(timedelta(hours=4))
    assert "quiet now" not in await talk.said("quiet")


@pytest.mark.parametrize(
    ("words_", "told"),
    [
        ("", "held, and told together at the end."),
        ("drop", "never told."),
        ("critical", "at the end. What is critical is told at once."),
    ],
)
async def test_it_says_what_becomes_of_alerts(words_: str, told: str) -> None:
    assert told in await a_conversation().said(f"quiet 22:00-06:00 {words_}")


@pytest.mark.parametrize("off", ["off", "None"])
async def test_quiet_hours_end(off: str) -> None:
    talk = a_conversation()
    await talk.ask("quiet 23:00-07:00")
    found = await talk.said(f"quiet {off}")
    assert found.startswith("No quiet hours: alerts come at any time.")
    assert await kept(talk) is None


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("quiet 25:00-07:00", "is not a span of the clock. Try 23:00-07:00"),
        ("quiet 23:00-07:00 Europe/Berlni", "Did you mean Europe/Berlin?"),
        ("quiet 07:00-07:00", "That would be quiet for ever"),
        ("quiet digest", "is not a span of the clock"),
        (f"quiet {'x ' * 200}", "That is long for hours"),
    ],
)
async def test_what_cannot_be_read_changes_nothing(line: str, answer: str) -> None:
    talk = a_conversation()
    await talk.ask("quiet 23:00-07:00")
    before = await kept(talk)
    assert answer in await talk.said(line)
    assert await kept(talk) == before
