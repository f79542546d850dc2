"""The layout is the format that recordings are exchanged in."""

from liqbot.market.recording import layout

FORMAT = {
    "candles_1m.parquet": {"opened_ms", "open", "high", "low", "close"},
    "candles_5m.parquet": {"opened_ms", "open", "high", "low", "close"},
    "mark_1m.parquet": {"opened_ms", "open", "high", "low", "close"},
    "mark_5m.parquet": {"opened_ms", "open", "high", "low", "close"},
    "open_interest.parquet": {"at_ms", "open_interest"},
    "funding.parquet": {"at_ms", "rate"},
    "liquidations.parquet": {"at_ms", "side", "price", "quantity"},
    "book.parquet": {"at_ms", "side", "price", "quantity"},
    "liquidation_totals.parquet": {"from_ms", "to_ms", "long_usd", "short_usd"},
}


def test_files_and_their_required_columns_are_those_of_the_format() -> None:
    kinds = (*layout.MARKET, layout.TOTALS)
    required = {kind.file: {*kind.stamps, *kind.required, *dict(kind.words)} for kind in kinds}
    assert required == FORMAT


def test_what_may_be_missing_is_optional() -> None:
    assert layout.candles(60_000).optional == ("volume", "taker_buy_volume")
    assert layout.OPEN_INTEREST.optional == ("mark",)
