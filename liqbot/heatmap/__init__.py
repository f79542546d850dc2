"""Where leveraged positions would be liquidated: an estimate, never a record or a forecast.

`bars` aligns what the venues told; `engine` turns bars into standing mass by liquidation
price (`kernels` holds its loops); `heatmap` is the result; `clusters` and `tracks` find what
is worth naming in it; `history` is the read side for charts, rules and commands.
"""
