from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from tests.charts.histories import a_history
from tests.fakes.desk import CALLER, a_desk


async def test_it_says_what_this_is_and_is_not_and_offers_markets() -> None:
    bases = [f"COIN{i}" for i in range(7)]
    desk, markets, _ = a_desk(*(a_history(base=base) for base in bases))
    found = await COMMANDS["start"].invoke(desk, CALLER, "ref_17")
    text = plain(found.text)
    assert "Not a forecast. Not advice." in text
    assert "/heatmap COIN0" in text
    assert "/subscribe COIN0 near tells you" in text
    tried, rest = found.buttons
    assert [each.words for each in tried] == [f"/heatmap {base}" for base in bases[:5]]
    assert [each.words for each in rest] == ["/help", "/status"]
    markets.histories = {}
    (rest,) = (await COMMANDS["start"].invoke(desk, CALLER, "")).buttons
    assert [each.words for each in rest] == ["/help", "/status"]
