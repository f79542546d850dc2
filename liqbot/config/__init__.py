"""The settings: what config.toml may hold, and how it is read.

`shape` has every section; `family` those that stand for members of a family: [exchanges.NAME].
`reading` reads a file strictly and tells all mistakes at once; `example` prints one; `secret`
finds what must never stand in one. `annotation` and `toml` are what these say things with.

Settings are frozen dataclasses that stand beside the code they set. Each field says what it
may be in its annotation: a kind, bounds from annotated-types, and one sentence as plain text.
From those come the checks, what the errors say, and config.example.toml.
"""
