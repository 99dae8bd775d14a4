"""Reviews in a process of their own: what a worker starts for reviews that have killed workers. Not for people.

python -m foureyes.cli.alone, with reviews and their fences on the standard input
"""

from foureyes.cli.deployment import log_as_set
from foureyes.cli.edge import edge
from foureyes.cli.working import desk_of
from foureyes.kit.tracing import traced
from foureyes.settings import Settings, load_settings
from foureyes.web.compose import open_services
from foureyes.web.serve import run
from foureyes.worker.child import carry_out_alone


async def _carry_out(settings: Settings) -> None:
    async with open_services(settings) as services, desk_of(services) as desk:
        await carry_out_alone(desk)


def main() -> None:
    """Carry out what the standard input names; its news go to the standard output."""
    with edge():
        settings = load_settings()
        log_as_set(settings)
        with traced(settings, "foureyes-alone"):
            run(_carry_out(settings))


if __name__ == "__main__":
    main()
