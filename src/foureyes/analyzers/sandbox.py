"""The cage for tools that run code of the repository: bubblewrap, no network, no secrets, read-only, limited."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from foureyes.analyzers import programs, seccomp
from foureyes.errors import ProcessError, SandboxUnavailableError
from foureyes.kit import process
from foureyes.kit.process import Completed, Limits

# The kernel's own number for nobody: no file on the machine belongs to it.
_NOBODY = "65534"
SEEN_AS = Path("/repo")
"""Where a program inside finds the directory it looks at."""
_PROBE_LIMITS = Limits(output=1 << 20)

_ANNOUNCEMENT = b"foureyes: inside\n"
_ANNOUNCED = ("/bin/sh", "-c", f'echo "{_ANNOUNCEMENT.decode().strip()}" >&2; exec "$@"', "sh")

# The environment is scrubbed before bwrap starts: its --clearenv would leave the old strings in /proc/1/environ.
_CAGE = f"""
    --unshare-user --unshare-all --disable-userns --die-with-parent --new-session --hostname sandbox
    --uid {_NOBODY} --gid {_NOBODY} --cap-drop ALL
    --setenv HOME /tmp --setenv PYTHONDONTWRITEBYTECODE 1 --setenv PYTHONSAFEPATH 1
    --ro-bind /usr /usr --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache
    --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64
    --proc /proc --dev /dev --size {32 << 20} --tmpfs /dev/shm --remount-ro /dev --size {64 << 20} --tmpfs /tmp
"""


class Protection(StrEnum):
    """How well the cage holds. `PARTIAL` is all of it but the filter on system calls."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class SandboxLevel:
    """What the probe found; `reason` says what is missing, and what would mend it."""

    protection: Protection
    reason: str = ""

    @property
    def usable(self) -> bool:
        return self.protection is not Protection.NONE


@dataclass(slots=True)
class Sandbox:
    """Runs one program with a read-only view of one directory. `find` looks programs up by name."""

    find: programs.Find = programs.find
    _level: SandboxLevel | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def probe(self) -> SandboxLevel:
        """How well it holds here, tried for real once for each instance."""
        async with self._lock:
            if self._level is None:
                self._level = await self._try()
            return self._level

    async def run(
        self, arguments: Sequence[str | Path], *, root: Path, tools: Sequence[Path] = (), limits: Limits | None = None
    ) -> Completed:
        """Run a program with `root` as its directory; `tools` are further directories it may read.

        Raises:
            SandboxUnavailableError: there is no cage here, so nothing was run.
            ProcessError: as `kit.process.run`.
        """
        level = await self.probe()
        if not level.usable:
            raise SandboxUnavailableError(level.reason)
        return await self._run(arguments, root=root, tools=tools, limits=limits or Limits())

    async def _try(self) -> SandboxLevel:
        # Namespaces are Linux's; elsewhere there is nothing to build the cage from.
        if sys.platform != "linux":
            return SandboxLevel(Protection.NONE, "bubblewrap needs Linux")
        # All are looked for at once, so that one message names everything that has to be installed.
        missing = [name for name in ("bwrap", "prlimit", *(["setpriv"] if _is_root() else [])) if not self.find(name)]
        if missing:
            return SandboxLevel(Protection.NONE, f"{', '.join(missing)} not found: install bubblewrap and util-linux")
        try:
            with tempfile.TemporaryDirectory() as root:
                done = await self._run(["/bin/sh", "-c", _PROBE], root=Path(root), limits=_PROBE_LIMITS)
        except ProcessError as exc:
            return SandboxLevel(Protection.NONE, exc.reason)
        return _level(done)

    async def _run(
        self, arguments: Sequence[str | Path], *, root: Path, tools: Sequence[Path] = (), limits: Limits
    ) -> Completed:
        if _is_root():
            await asyncio.to_thread(_hand_over, root)
        with tempfile.NamedTemporaryFile(prefix="foureyes-", suffix=".bpf") as filter_file:
            filter_file.write(seccomp.program() or b"")
            filter_file.flush()
            cage = self._cage(root, tools, limits)
            # A filter can only be handed over as an open descriptor, which the shell opens for bwrap.
            opener = ("/bin/sh", "-c", 'exec 9<"$0"; exec "$@"', filter_file.name)
            command = [*opener, *cage, *_ANNOUNCED, *map(str, arguments)]
            done = await process.run(command, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, limits=limits)
        return _from_inside(done)

    def _cage(self, root: Path, tools: Sequence[Path], limits: Limits) -> list[str]:
        seconds = str(int(limits.time.total_seconds()) + 1)
        # The data segment is limited, not the address space: Node and Go reserve terabytes of that at start.
        limited = ["--core=0", "--nofile=512", f"--fsize={128 << 20}", "--nproc=1024", f"--cpu={seconds}"]
        limited += [f"--data={limits.memory}"] if limits.memory else []
        shown = [word for directory in _outside_usr(tools) for word in ("--ro-bind", str(directory), str(directory))]
        return [
            *self._unprivileged(),
            *(str(self.find("prlimit")), *limited, "--"),
            *(str(self.find("bwrap")), *_CAGE.split(), *shown),
            *("--ro-bind", str(root), str(SEEN_AS), "--chdir", str(SEEN_AS), "--remount-ro", "/"),
            *(("--seccomp", "9") if seccomp.program() else ()),
            "--",
        ]

    def _unprivileged(self) -> list[str]:
        """As root, bwrap would leave kernel user 0 inside, who may write to /proc/sys: become nobody first."""
        if not _is_root():
            return []
        drop = ("--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups", "--no-new-privs")
        return [str(self.find("setpriv")), *drop, "--bounding-set=-all", "--inh-caps=-all", "--"]


def _from_inside(done: Completed) -> Completed:
    """What the program itself did. Without its announcement it never began: the exit code is the cage's."""
    before, announced, after = done.stderr.partition(_ANNOUNCEMENT)
    if announced:
        return replace(done, stderr=before + after)
    said = before.decode("utf-8", "replace").strip().splitlines() or [f"it ended with {done.code}"]
    raise ProcessError("sandbox", f"the sandbox could not be set up: {said[-1]}")


def _level(done: Completed) -> SandboxLevel:
    """What a finished probe says: it names holes, or it is silent."""
    if done.code:
        return SandboxLevel(Protection.NONE, f"the probe ended with {done.code}")
    # One hole is enough to call it open: half a cage would invite trust that it does not earn.
    if holes := done.stdout.decode().split():
        return SandboxLevel(Protection.NONE, f"the cage is open: {', '.join(holes)}")
    if seccomp.program() is None:
        return SandboxLevel(Protection.PARTIAL, "no filter on system calls for this kind of processor")
    return SandboxLevel(Protection.FULL)


def _is_root() -> bool:
    return os.geteuid() == 0


def _hand_over(root: Path) -> None:
    """Give a private directory to the user that will read it. A link is given away itself, not what it leads to."""
    for directory, directories, files in os.walk(root):
        for name in (".", *directories, *files):
            os.chown(os.path.join(directory, name), int(_NOBODY), int(_NOBODY), follow_symlinks=False)  # noqa: PTH118


def _outside_usr(tools: Sequence[Path]) -> list[Path]:
    """What is under /usr is shown inside anyway."""
    return sorted({path for path in tools if not path.is_relative_to("/usr")})


# Prints the name of each hole it finds. A shell is the one interpreter that is surely readable for nobody.
_PROBE = """
holds() { "$@" 2>/dev/null; }
hole() { echo "$1"; }
holds grep -q 'CapEff:.0000000000000000' /proc/self/status || hole capabilities
holds grep -q 'NoNewPrivs:.1' /proc/self/status || hole new-privileges
holds touch /repo/probe && hole repository-writable
holds touch /probe && hole root-writable
[ -w /proc/sys/kernel/core_pattern ] && hole sysctl-writable
[ "$(tail -n +3 /proc/net/dev | wc -l)" -le 1 ] || hole network
[ "$(ls /proc | grep -cE '^[0-9]+$')" -lt 12 ] || hole host-processes
for file in /root /home /etc/passwd; do [ -e $file ] && hole host-files; done
holds unshare -Ur true && hole nested-namespaces
exit 0
"""
