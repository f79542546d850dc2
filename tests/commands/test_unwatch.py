from tests.commands.conversation import BOB, a_conversation

LINE = "watch BTC long 65000 25x stop 63800"


async def test_one_or_all_are_let_go_and_alerts_stay() -> None:
    talk = a_conversation()
    for line in (LINE, "watch BTC short 65000 10x", "subscribe BTC cascade"):
        await talk.ask(line)
    found = await talk.ask("unwatch 1")
    assert [(each.label, each.words) for row in found.buttons for each in row] == [
        ("My positions", "watch")
    ]
    assert await talk.numbers() == [2, 3]
    assert await talk.said("unwatch 3") == "You have no position 3 watched; /watch lists them."
    assert "#2 BTC short 65,000 10x" in await talk.said("unwatch all")
    assert await talk.numbers() == [3]
    assert await talk.said("unwatch all") == "You have no positions watched; /watch lists them."


async def test_anothers_is_as_one_that_is_not() -> None:
    talk = a_conversation()
    await talk.ask(LINE)
    here, nowhere = [await talk.said(f"unwatch {number}", BOB) for number in (1, 9)]
    assert here.replace("1", "9") == nowhere
    assert await talk.numbers() == [1]
