"""What exchanges tell us: values only, checked once on entry, never changed after.

`instrument` reads how people write markets; `series`, `tape` and `book` are columns with units,
which `mending` puts in order as they come in; `margin` holds maintenance brackets; `observation` is
all of it for one instrument, with what is missing; `recording` keeps observations in a folder.
`norms` says what a market usually does, `calendar` which releases are scheduled. `holding` is what
one user holds and wants watched.

Why: prices and dollars are floats throughout, since they are estimates, not accounts. What cannot
be is made unknown and counted, so that nothing false is ever drawn and nothing is hidden.
"""
