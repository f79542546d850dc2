"""From what a rule sees to a message that a chat is owed: pure steps, one file each.

`lifecycle` says when a finding begins, lasts and ends; `subscription` who wants to hear of what,
`phrasing` how they say it, `vocabulary` with which words, `quiet` when they want to hear nothing.
`looking` tells what a rule's look means to a subscription, `roster` what is remembered from tick
to tick; `routing` says who hears of it now: `grouping` what of it is owed, `placing` in which
message, and `gathering` makes one of many markets' cascades. `upkeep` is what is told of the
subscriptions themselves, `feeds` what of venues that fall silent; `notices` words both. `delivery`
is what a chat is owed and when to try again, `wording` what is said. `ledger` is the port to where
all of this is kept.

`outcome` says what price did with a level that was told, `grading` what came of an alert and of
levels that nobody chose, `score` how rules did against these. `aftermath` tells whoever was told
of a level what was realised as price went through it.

Whoever is told is told once an episode: a message is owed, it arrives, and only then the cooldown
begins; after that the message is changed in its place.
"""
