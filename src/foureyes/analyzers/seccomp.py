"""The sandbox's filter on system calls, as a BPF program made by hand: no library is needed to build it.

Sources: linux/seccomp.h, linux/audit.h, asm/unistd_64.h (x86-64), asm-generic/unistd.h (arm64).
"""

import errno
import platform
import struct
from functools import cache
from typing import Final

_LOAD_WORD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_NUMBER_OFFSET: Final = 0
_ARCHITECTURE_OFFSET: Final = 4
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_X32_BIT: Final = 0x40000000

_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Ways out of the cage, into the kernel, or into other processes: number on x86-64, number on arm64.
_DENIED: Final = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setns": (308, 268),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
_CLONE3: Final = 435
"""Its flags lie behind a pointer that a filter can't read. ENOSYS makes the C library fall back to clone."""


@cache
def program(machine: str | None = None) -> bytes | None:
    """The filter for this kind of processor (or the one named), or None where its numbers are not known here."""
    # The numbers of calls differ from processor to processor; a filter with the wrong ones would allow what it names.
    machine = machine or platform.machine()
    if machine not in _ARCHITECTURES:
        return None
    column = list(_ARCHITECTURES).index(machine)
    refusals = [(numbers[column], _ERRNO | errno.EPERM) for numbers in _DENIED.values()]
    refusals.append((_CLONE3, _ERRNO | errno.ENOSYS))
    steps = [
        _step(_LOAD_WORD, _ARCHITECTURE_OFFSET),
        _step(_JUMP_IF_EQUAL, _ARCHITECTURES[machine], if_true=1),
        _step(_RETURN, _KILL),
        _step(_LOAD_WORD, _NUMBER_OFFSET),
        # On x86-64 the same calls are reachable once more under numbers with this bit set.
        _step(_JUMP_IF_AT_LEAST, _X32_BIT, if_false=1),
        _step(_RETURN, _ERRNO | errno.EPERM),
    ]
    # Each call is compared and answered in turn: forty comparisons cost nanoseconds, and no jump can go astray.
    for number, answer in refusals:
        steps += [_step(_JUMP_IF_EQUAL, number, if_false=1), _step(_RETURN, answer)]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
