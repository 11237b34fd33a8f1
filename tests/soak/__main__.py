"""`make soak`: a dashboard left alone for hours while trainings come and go and everything around it goes wrong.

    python -m soak SECONDS [--warm-up SECONDS] [--browsers N] [--seed N]

It prints a table of what grew, and a verdict. Exit code: 0 all within bounds; 1 something is not; 2 nothing was wrong,
but it was too short to tell. The clock of a process cannot be turned here without turning the machine's: only the
times of files jump. As root a permission cannot be lost: the collector loses its descriptors instead.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import psutil
from soak.faults import one_by_one, small_disk
from soak.figures import COUNT, MEMORY, NODES, Bound, Sample, table_of
from soak.pages import Browsers, Visitors
from soak.parts import House, Part, TornReader
from support.server import ROOT
from support.waiting import wait_for

from collectors.contract.state import DashboardState, state_from_json
from collectors.store.folder import STATE_FILE

HOME = ROOT / "build/soak"
SAMPLE_SECONDS = 10.0
TELL_SECONDS = 900.0
"""The table so far is printed this often: whoever waits for hours sees where it goes."""
FAULT_PAUSE_SECONDS = 90.0
SETTLED_SECONDS = 8.0
"""A state that has not changed for so long is what the pages are compared with."""
PATIENCE_SECONDS = 60.0
LEAST_LOOKS = 5
"""A busy browser takes most of a minute to answer one."""
SPEED = 8.0
"""Times as fast as the training was recorded."""
BOUNDS: dict[str, Bound] = {
    "collector memory": MEMORY,
    "collector descriptors": COUNT,
    "collector children": COUNT,
    "children's memory": MEMORY,
    "page memory": MEMORY,
    "page descriptors": COUNT,
    "state folder": MEMORY,
    "state files": COUNT,
    "browser heap": MEMORY,
    "browser nodes": NODES,
}


@dataclass
class Soak:
    """What happens, and what was seen of it."""

    house: House
    browsers: Browsers
    visitors: Visitors
    warm_up_seconds: float
    begun: float = field(default_factory=time.monotonic)
    samples: dict[str, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    happened: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    differing: list[str] = field(default_factory=list)

    def note(self, name: str, value: float, life: int = 0) -> None:
        """Keep one sample."""
        self.samples[name].append(Sample(time.monotonic() - self.begun, value, life))

    def sample(self) -> None:
        """Look at everything once; a part that is just being restarted has nothing to show."""
        for name in ("collector", "page"):
            with suppress(psutil.Error, FileNotFoundError):
                self._sample_part(name, self.house.parts[name])
        files = [
            path.stat().st_size for path in self.house.state_dir.rglob("*") if path.is_file() and path.name != "ballast"
        ]
        self.note("state folder", sum(files))
        self.note("state files", len(files))
        for name, value in self.browsers.figures().items():
            self.note(name, value)

    def _sample_part(self, name: str, part: Part) -> None:
        process = part.seen()
        if process is None:
            return
        self.note(f"{name} memory", process.memory_info().rss, part.life)
        self.note(f"{name} descriptors", process.num_fds(), part.life)
        if name == "collector":
            children = process.children(recursive=True)
            self.note("collector children", len(children), part.life)
            self.note("children's memory", sum(child.memory_info().rss for child in children), part.life)

    def compare(self) -> None:
        """Compare every page with the state, once that has settled; nothing goes wrong meanwhile."""
        with self.house.quiet:
            if not self._has_settled():
                return
            self.compared += 1
            end, looks, wrong = time.monotonic() + PATIENCE_SECONDS, 0, ["nothing was seen"]
            while wrong and (looks < LEAST_LOOKS or time.monotonic() < end):
                looks, state = looks + 1, self._state()
                wrong = self.browsers.differing(state) if state else ["there is no state"]
                time.sleep(1.0 if wrong else 0.0)
            self.differing += wrong

    def _has_settled(self) -> bool:
        before, since = self._raw(), time.monotonic()
        end = since + PATIENCE_SECONDS
        while time.monotonic() < end and not self.house.is_training.is_set():
            now = self._raw()
            before, since = (before, since) if now == before else (now, time.monotonic())
            if time.monotonic() - since > SETTLED_SECONDS:
                return True
            time.sleep(0.5)
        return False

    def _raw(self) -> bytes:
        with suppress(OSError):
            return (self.house.state_dir / STATE_FILE).read_bytes()
        return b""

    def _state(self) -> DashboardState | None:
        raw = self._raw()
        return state_from_json(raw) if raw else None

    def table(self) -> tuple[list[str], list[str]]:
        """The lines of the table by now, and what grows too much or cannot be told."""
        return table_of({name: (bound, self.samples[name]) for name, bound in BOUNDS.items()}, self.warm_up_seconds)

    def run(self, seconds: float) -> None:
        """Sample until time is up, and compare whenever a training has ended."""
        last, told_at = -1, self.begun
        while (now := time.monotonic() - self.begun) < seconds:
            self.sample()
            if self.house.trainings != last and not self.house.is_training.is_set():
                last = self.house.trainings
                self.compare()
            if time.monotonic() - told_at > TELL_SECONDS:
                told_at = time.monotonic()
                print(f"after {now / 60:.0f} minutes:", *self.table()[0], *self.differing, sep="\n", flush=True)
            time.sleep(max(0.0, SAMPLE_SECONDS - (time.monotonic() - self.begun - now)))


def main(argv: list[str]) -> int:
    """Soak, and tell."""
    parser = argparse.ArgumentParser(prog="python -m soak", allow_abbrev=False)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--warm-up", type=float, default=1800.0, metavar="S", help="what is sampled earlier counts not")
    parser.add_argument("--browsers", type=int, default=5, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    options = parser.parse_args(argv)
    shutil.rmtree(HOME, ignore_errors=True)
    (HOME / "state").mkdir(parents=True)
    with small_disk(HOME / "state") as has_own_disk:
        print(f"state on {'a disk of its own' if has_own_disk else 'a shared disk'}; logs in build/soak/", flush=True)
        return _soak(House(HOME, random.Random(options.seed)), options)


def _soak(house: House, options: argparse.Namespace) -> int:
    stop, torn = threading.Event(), TornReader(house.state_dir)
    for part in house.parts.values():
        part.start()
    try:
        wait_for(lambda: httpx.get(f"{house.url}api/state").status_code == 200, "the page", 120)
        soak = Soak(house, Browsers(options.browsers, house.url), Visitors(house.port), options.warm_up)
        _let_it_happen(soak, torn, stop, options.seconds)
    finally:
        house.end()
    return told(soak, torn)


def _let_it_happen(soak: Soak, torn: TornReader, stop: threading.Event, seconds: float) -> None:
    """Train, read, break and look, all at once, until time is up or somebody interrupts."""
    house, faults = soak.house, {"told": soak.happened}
    threads = [
        threading.Thread(target=house.train, args=(stop, SPEED), name="training"),
        threading.Thread(target=torn.read, args=(stop,), name="torn"),
        threading.Thread(target=one_by_one, args=(house, stop, FAULT_PAUSE_SECONDS), kwargs=faults, name="faults"),
    ]
    for thread in threads:
        thread.start()
    try:
        soak.run(seconds)
        soak.differing += [f"the {thread.name} ended early" for thread in threads if not thread.is_alive()]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        soak.browsers.close()
        soak.visitors.close()


def told(soak: Soak, torn: TornReader) -> int:
    """Print the table and the verdict; return the exit code."""
    lines, grown = soak.table()
    logs = {name: (soak.house.home / f"{name}.log").read_text(errors="replace") for name in ("collector", "page")}
    wrong = [f"the log of the {name} has a traceback" for name, log in logs.items() if "Traceback" in log]
    wrong += [f"differs from the state: {one}" for one in soak.differing[:10]]
    wrong += [f"torn: {one}" for one in torn.torn[:10]]
    if soak.visitors.server_errors:
        wrong.append(f"{soak.visitors.server_errors} answers of 5xx")
    if not soak.compared:
        grown.append("no page was compared: too short to tell")
    faults = ", ".join(f"{name} {count}" for name, count in sorted(soak.happened.items()))
    print(*lines, "", sep="\n")
    print(f"{soak.house.trainings} trainings; faults: {faults or 'none'}")
    print(f"{soak.compared} times all pages were compared with the state, {len(soak.differing)} differed")
    print(f"{soak.visitors.answers:,} answers, {soak.visitors.server_errors} of 5xx")
    print(f"{torn.reads:,} reads, {len(torn.torn)} torn")
    cannot_tell = [one for one in grown if "too short" in one]
    wrong += [one for one in grown if one not in cannot_tell]
    for one in [*wrong, *cannot_tell]:
        print(f"- {one}")
    print("verdict:", "FAIL" if wrong else "cannot tell" if cannot_tell else "holds")
    return 1 if wrong else 2 if cannot_tell else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
