"""From a map to conditions: what to look for at which price, and what would end that.

`structure` reads candles as people do, `weighing` counts what speaks for a cluster and against
it, `past` tells what price did with levels like it, `plan` puts them together and `sources` says
where each number comes from. Nothing here says what price does next, or what to do.
"""
