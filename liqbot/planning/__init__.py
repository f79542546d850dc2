"""From a map to conditions: what to look for at which price, and what would end that.

`structure` reads candles as people do, `weighing` counts what speaks for a cluster and against
it, `past` tells what price did with levels like it, and `plan` puts them
together. Nothing here says what price does next, or what to do.
"""
