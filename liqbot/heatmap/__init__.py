"""Where leveraged positions would be liquidated: an estimate, never a record or a forecast.

`bars` aligns what the venues told; `engine` turns bars into standing mass by liquidation price
(`kernels` holds its loops; `liquidation`, `venues` and `brackets` the venues' rules; `model` the
assumptions; `grid` the price bins). `heatmap` is the result. `bands` finds where it is dense,
`clusters` says which of that matters, `tracks` follows clusters through time, `lookback` back
through the columns, `followed` writes that down. `history` is the read side of all of it for
charts, rules and commands; `quality` says how far to believe it, `confluence` what else to look
at, `approach` what rests before a cluster, `cascade` what would fire if price were pushed to one,
against the `depth` of the books, `shock` the same for several markets at once, `exposure` what
stands between price and the end of one position.

Why a model that is fitted and not given: on real liquidations the recipe that public engines
share scores worse than prices alone.
"""
