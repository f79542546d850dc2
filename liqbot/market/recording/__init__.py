"""Observations ⇄ a folder of Parquet files, for record, replay, export and tests.

`reader` opens a recording and tells what was known at a moment; `writer` makes one; `layout` says
what the files and their columns are called; `table` is the one place where polars reads and writes.

A folder holds, for each venue and market, what `layout` lists; any file may be missing:

    recording.toml                        written by liqbot: `simulated`, `label`
    binance/BTC-USDT/candles_5m.parquet   …
    all/BTC-USDT/liquidation_totals.parquet

Without `recording.toml` a recording is a real one. A market of which only forced orders were
recorded is read too: no candles, no open interest, and a mark that is NaN.
"""
