"""python -m liqbot."""

from liqbot.cli.main import main

main()
