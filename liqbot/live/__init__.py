"""The markets as they are now: what was seen last, and the maps made of it.

`memory` holds what is believed of each instrument, `hearing` decides what that is. `markets` makes
maps of it and answers commands, `studio` draws them; `flights` lets those who ask for the same
share one answer, `brackets` holds what venues tell of their margins, `holdings` what positions
they show. `recovery` says what of the past is missing, `keeping` makes an archive patient,
`following` writes down how clusters were followed.
"""
