"""`python -m foureyes` is the program `foureyes`."""

from foureyes.cli.main import main

main()
