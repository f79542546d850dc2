"""The ledger in a database: who wants to hear of what, what was told, what has to be told yet.

`stores` puts together what the port asks for: `subscriptions`, `recipients`, `watch`, `outbox`
(which has the port's deliveries too), `tracks` and `privacy`, a file each. `lives` and `deliveries`
are the way from values to rows and back, `turns` lets all who write go one after the other,
`reading` says what is damaged.
"""
