"""What a confined child may still do: little memory and time, no file, no network, no new right.

Each wall is put up where the kernel offers it; the child reports which ones stand.
"""

import ctypes
import os
import resource
import struct
import sys
from pathlib import Path

MEMORY = 2 << 30
CPU_SECONDS = 25
CPU_SECONDS_IN_ALL = 3600
_FILES = 64
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
# Landlock (Linux 5.13): system call numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1, 4, 8
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}


def limit(*, memory: int = MEMORY) -> None:
    """Set the resource limits, ``memory`` in bytes. ``allow_time`` moves the soft limit on processor time."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS_IN_ALL))


def allow_time(seconds: int = CPU_SECONDS) -> None:
    """Give the file about to be read its own share of processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, CPU_SECONDS_IN_ALL), CPU_SECONDS_IN_ALL))


def allow_memory(memory: int) -> None:
    """Give the file about to be read this much memory in bytes, at most what the limit was set to."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if most == resource.RLIM_INFINITY else min(memory, most), most))


def confine(*, memory: int = MEMORY) -> list[str]:
    """Put up every wall this kernel offers; return the names of those that stand."""
    limit(memory=memory)
    library = ctypes.CDLL(None, use_errno=True)
    walls = ["limits"]
    if library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0:
        walls.append("not-dumpable")
    if library.unshare(_NEW_USER | _NEW_NETWORK) == 0:
        walls.append("no-network")
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        walls.append("no-new-privileges")
        if _landlock(library):
            walls.append("no-files")
    return walls


def _landlock(library: ctypes.CDLL) -> bool:
    version = library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    network = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    attributes = struct.pack("=QQQ", rights, network, scopes)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = library.syscall(
        _CREATE_RULESET, ctypes.c_char_p(attributes), ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    )
    if rules < 0:
        return False
    for folder in _library_folders():
        _allow_reading(library, rules, folder)
    done = library.syscall(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    os.close(rules)
    return bool(done == 0)


def _library_folders() -> list[Path]:
    # Codecs and readers are loaded when first needed: their folders stay readable, nothing else does.
    found = {Path(entry).resolve() for entry in sys.path if entry and "python" in Path(entry).name.lower()}
    found |= {Path(entry).resolve() for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))}
    return sorted(folder for folder in found if folder.is_dir())


def _allow_reading(library: ctypes.CDLL, rules: int, folder: Path) -> None:
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", _EXECUTE | _READ_FILE | _READ_FOLDER, descriptor)
    library.syscall(
        _ADD_RULE, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), ctypes.c_char_p(rule), ctypes.c_uint32(0)
    )
    os.close(descriptor)
