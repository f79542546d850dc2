"""How true the map is: fitted on what was realised, scored on time the fit did not see.

`flow` lays modelled and realised dollars side by side; `score` measures how alike they are;
`baselines` is what a model has to beat; `fit` finds the model; `place` asks where prints fell,
`truth` compares with a market whose positions are known, `distances` with the few that are known
of a real one; `evaluation` runs all of it.
"""
