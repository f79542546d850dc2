"""Where what was seen is kept: SQLite, or PostgreSQL by URL.

`database` opens one, `faults` says in words what went wrong, `migration` brings one up to date,
`tables` is what it then holds. `archive` implements the market's Archive: `rows`, `books`,
`brackets` and `snapshots` are the way from values to rows and back, `retention` what is forgotten.

Why Core and no ORM: a row is never more than a value here, and 30 days of a market are 26,000 of
them.
"""
