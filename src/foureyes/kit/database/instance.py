"""One embedded server for each data folder: two on one SQLite file would each run the other's reviews."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foureyes.errors import InstanceRunningError

_NAME = "instance.lock"


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold `directory` for this process; the system lets go of it when the process ends, however it does.

    Raises:
        InstanceRunningError: another process holds it.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Opened to append: whoever is refused must not have emptied the file of the one who holds it.
    with (directory / _NAME).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            file.seek(0)
            raise InstanceRunningError(directory, file.read(20).strip()) from exc
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        # The file stays: were it removed, two could hold two files of the same name.
        yield
