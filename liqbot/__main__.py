"""python -m liqbot."""

from liqbot.cli import main

main()
