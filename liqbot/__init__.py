"""liqbot estimates where leveraged positions would be liquidated, and proves it."""

__version__ = "0.1.0"
