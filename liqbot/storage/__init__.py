"""Where what was seen is kept: SQLite, or PostgreSQL by URL.

`database` opens one, `faults` says in words what went wrong, `migration` brings one up to date,
`tables` is what it then holds. `archive` implements the market's Archive: `instruments`, `rows`,
`books`, `brackets` and `snapshots` are the way from values to rows and back, `upserts` puts rows
into tables so that what comes twice is kept once, `retention` says what is forgotten. `ledger`
implements alerting's.

Why Core and no ORM: a row is never more than a value here, and 30 days of a market are 26,000 of
them.
"""
