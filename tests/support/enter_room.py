"""A folder that becomes a container's root -> the program in it, as its first process.

    unshare --mount --pid --net --fork python enter_room.py '{"root": ..., "writable": ..., ...}'

Needs root and namespaces of its own. Mounts what the description names, makes everything else read-only, becomes the
user, and is replaced by the program. Nothing of it outlives the namespaces.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

DEVICES = ("null", "zero", "urandom", "random")
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41


def mount(*arguments: str | Path) -> None:
    """Run `mount`; raises when it fails."""
    subprocess.run(["mount", *map(str, arguments)], check=True)


def bind(source: str, target: Path, *, writable: bool = False) -> None:
    """Show a folder or file of outside at this place."""
    if Path(source).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount("--bind", source, target)
    if not writable:
        mount("-o", "remount,bind,ro", target)


def furnish(root: Path, room: dict[str, Any]) -> None:
    """Mount everything a container has, the root itself read-only."""
    mount("--bind", root, root)
    for target, source in room["shown"].items():
        bind(source, root / target.lstrip("/"))
    for target, source in room["writable"].items():
        bind(source, root / target.lstrip("/"), writable=True)
    for name in DEVICES:
        bind(f"/dev/{name}", root / "dev" / name, writable=True)
    for name, kind in (("tmp", "tmpfs"), ("dev/shm", "tmpfs"), ("proc", "proc")):
        (root / name).mkdir(parents=True, exist_ok=True)
        mount("-t", kind, kind, root / name)
    for name in ("tmp", "dev/shm"):
        (root / name).chmod(0o1777)
    mount("-o", "remount,bind,ro", root)


def raise_loopback() -> None:
    """A new network has a loopback device that is down."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP_RUNNING))


def main(room: dict[str, Any]) -> None:
    """Furnish, enter, become nobody, run."""
    root = Path(room["root"])
    raise_loopback()
    furnish(root, room)
    os.chroot(root)
    os.chdir(room["workdir"])
    os.setgroups([])
    os.setgid(room["group"])
    os.setuid(room["user"])
    os.umask(0o022)
    os.execvpe(room["command"][0], room["command"], room["environment"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
