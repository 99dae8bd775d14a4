"""One review in a process of its own: what a worker starts for a review that has killed workers. Not for people.

python -m foureyes.cli.alone REVIEW FENCE
"""

import sys
from uuid import UUID

from foureyes.cli.deployment import log_as_set
from foureyes.cli.edge import edge
from foureyes.cli.working import desk_of
from foureyes.settings import Settings, load_settings
from foureyes.web.compose import open_services
from foureyes.web.serve import run
from foureyes.worker.isolated import carry_out_alone, piped


async def _carry_out(settings: Settings, review_id: UUID, fence: int) -> None:
    async with open_services(settings) as services, desk_of(services) as desk:
        await carry_out_alone(piped(desk), review_id, fence)


def main() -> None:
    """Carry out the review that the arguments name; its news go to the standard output."""
    with edge():
        settings = load_settings()
        log_as_set(settings)
        run(_carry_out(settings, UUID(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
