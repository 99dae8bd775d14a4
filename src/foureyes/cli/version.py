"""`foureyes version`: which release this is."""

import platform

from foureyes import __version__
from foureyes.cli.say import write_out
from foureyes.cli.verbs import new_app

app = new_app()


@app.command()
def version() -> None:
    """Print the version."""
    write_out(f"foureyes {__version__} (Python {platform.python_version()}, {platform.system()})\n")
