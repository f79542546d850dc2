"""The numbers of a cascade, taken apart in words."""

from dataclasses import replace

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.heatmap.cascade import cascade_of
from liqbot.heatmap.history import History
from liqbot.tracing.cascades import cascade_lines
from tests.charts.histories import a_history
from tests.heatmap.books import booked

NUMBERS = Numbers("en", "UTC")


def said(history: History, target: float = 62_000.0) -> list[str]:
    found = cascade_of(history, target)
    return plain(tuple(cascade_lines(found, NUMBERS))).splitlines()


def test_each_number_stands_with_its_parts() -> None:
    told = said(booked(density=8e9))
    assert told[0].startswith("Expected $206M = $274M modelled × 0.75 realised: longs between 65,0")
    assert told[1].startswith("Modelled by venue: Binance $")
    assert told[2].startswith("Waves: the same $206M by leverage, 100x $51.4M (half by 63,136) + ")
    assert told[3] == (
        "Low … high $82.2M … $672M: 0.4× … 1.7× of it fires, as measured on 27 days of BTC;"
        " 1.5× … 0.5× of the books rests, assumed; so stops 62,000 … 54,700"
    )
    assert told[4] == (
        "Resting to 62,000 $378M = bids shown 42%: Binance $53.2M (to 2.0%, 1 s old), Bybit $53.2M"
        " (to 2.0%, 1 s old), OKX $53.2M (to 2.0%, 1 s old) + $218M assumed past their ends"
    )
    assert told[5] == "To push $172M = resting $378M − fired before 62,000 $206M"
    assert told[6] == "Absorbed $206M = $206M fired, all of it"
    assert told[7].startswith("Stop 62,000 = the first price where none wait")
    assert told[8].startswith("0.3% past 62,205, the far edge of the last cluster met, ")
    assert ", 62,205–62,465: $" in told[8]


def test_what_is_set_off_beyond_is_told_apart() -> None:
    told = said(booked(density=3e9), 64_300.0)
    assert told[2].startswith("Of it $")
    assert " before 64,300, $" in told[2]
    assert told[2].endswith(" set off beyond")


def test_what_meets_nobody_and_thin_stretches_are_told() -> None:
    told = "\n".join(said(booked(density=1e9)))
    assert " − $201M that met none" in told
    assert "Stop" not in told
    thin = next(each for each in told.splitlines() if each.startswith("Thin "))
    assert thin.startswith("Thin 52% = $220M of $423M fires where under 20% of it rests: 63,479–62")


def test_what_books_do_not_show_is_said_to_be_assumed_and_for_whom() -> None:
    told = "\n".join(said(booked(density=8e9, venues=("binance",))))
    assert "assumed for Bybit, OKX, no book known" in told


def test_without_books_no_stop_is_made_up() -> None:
    told = said(a_history())
    assert told[-1].startswith("Stop unknown: no order book is known")
    assert not any(each.startswith(("Resting", "To push", "Absorbed")) for each in told)


def test_a_fit_tells_its_own_spread() -> None:
    history = booked(density=8e9)
    scores = {"realised_low": 0.6, "realised_high": 1.4}
    fitted = replace(history, model=replace(history.model, scores=scores))
    assert "0.6× … 1.4× of it fires, as measured on hours its fit had not seen" in said(fitted)[3]


def test_shorts_meet_asks() -> None:
    assert " = asks shown " in "\n".join(said(booked(density=8e9), 67_000.0))
