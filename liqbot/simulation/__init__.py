"""A market whose every position is known: demo, tests, exact truth.

`settings` says which market; `price` moves it from outside and by the flow of forced orders;
`traders` come with a leverage, exits and patience; `positions` holds what stands and when it
stood; `market` lets time pass; `publishing` turns what passed into what exchanges would tell;
`simulated` is the result and writes it down. `venues` says what trades and where.

Why: no venue tells where its positions stand. Here the answer is known, so the engine's map
can be held against it. Nothing here reads the model or the engine, only the venues' own
liquidation formulas.
"""
