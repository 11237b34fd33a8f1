"""Rows about names, labels, `dashboard.yaml`, and sheer number."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
import os
from collections.abc import Callable

from corpus_case import Case
from support.breakages import (
    CANARY,
    CFG,
    Broken,
    Edit,
    also,
    fifo,
    link,
    name_is,
    put,
    rerun,
    sparse,
)
from support.server import ROOT
from support.workspaces import write

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202e\u200bgnp"
"""HTML, a terminal's escape, text turned around, and a character of no width."""
DEFAULT = (ROOT / "tests/support/drawn_pipeline.yaml").read_text(encoding="utf-8")


def quoted(value: str) -> str:
    """A text as YAML and JSON both read it."""
    return json.dumps(value)


def dashboard(data: str | bytes | Callable[[str], str]) -> Edit:
    """A `dashboard.yaml` in the workspace, or the built-in one changed."""
    return lambda w: write(w.root / "dashboard.yaml", data(DEFAULT) if callable(data) else data) and None


def changed(old: str, new: str) -> Edit:
    """The built-in pipeline with one piece changed everywhere."""
    assert old in DEFAULT, old
    return dashboard(lambda text: text.replace(old, new))


def added(text: str) -> Edit:
    """The built-in pipeline with another section."""
    return dashboard(lambda default: default + text)


def renamed_events(name: str | bytes) -> Edit:
    """PatchTST's event file under another name."""
    return lambda w: name_is(w.events(), name)(w)


def report(name: str | bytes, body: str = '{"decision": "keep", "file_id": "x"}') -> Edit:
    """A data-quality report under a name of any bytes."""

    def apply(w: Broken) -> None:
        (w.root / "artifacts/dqvl/fdc" / os.fsdecode(name)).write_bytes(body.encode())

    return apply


def files(count: int, pattern: str, body: bytes = b"x") -> Edit:
    """Many files; `{n}` is their number."""

    def apply(w: Broken) -> None:
        for n in range(count):
            path = w.root / pattern.format(n=n)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)

    return apply


def stages(count: int) -> Edit:
    """A pipeline of many stages in a row."""
    drawn = "".join(f"  - {{id: s{n}, label: Stage {n}, status_from: streams}}\n" for n in range(count))
    edges = "".join(f"  - [s{n}, s{n + 1}]\n" for n in range(count - 1))
    cut = DEFAULT[: DEFAULT.index("views:")]
    return dashboard(cut + "stages:\n" + drawn + "edges:\n" + edges)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

# fmt: off
NAMES = [
    Case("event file with a hostile name", renamed_events(f"events.out.tfevents.1.{HOSTILE}.1.0"), "as good", "epoch 8 of 8", "the host is shown as text"),
    Case("event file with a line break in its name", renamed_events("events.out.tfevents.1\n2. [v] PASS - Forged"), "as good", "epoch 8 of 8", "no forged line in the checklist"),
    Case("event file with a name of bytes that are no text", renamed_events(b"events.out.tfevents.1.\xff\xfe.1.0"), "as good", "epoch 8 of 8", ""),
    Case("event file from the year 31 million", renamed_events("events.out.tfevents.999999999999999.vm.1.0"), "as good", "epoch 8 of 8", "the name is not believed"),
    Case("event file of process 9999999999", renamed_events(f"events.out.tfevents.1.{os.uname().nodename}.9999999999.0"), "as good", "epoch 8 of 8", "no such process can be"),
    Case("event file with a name of 255 bytes", renamed_events("events.out.tfevents.1." + "h" * 233), "as good", "epoch 8 of 8", ""),
    Case("report with a hostile name", report(f"{HOSTILE}.json"), "as good", "patchtst", ""),
    Case("report with a name of bytes that are no text", report(b"\xff\xfe\x80.json"), "as good", "patchtst", ""),
    Case("report with line breaks in its name", report("a\n\nVerdict: READY\n.json"), "as good", "patchtst", ""),
    Case("report that is no report", report("r.json", "[" * 100_000), "as good", "patchtst", "it is no check; its stage says so"),
    Case("report about a hostile file", report("r.json", json.dumps({"decision": HOSTILE, "file_id": HOSTILE, "hard_fails": [HOSTILE]})), "as good", "patchtst", ""),
    Case("report about a list of files", report("r.json", '{"decision": ["keep"], "file_id": {"a": 1}}'), "as good", "patchtst", ""),
    Case("report of 64 GiB", sparse("artifacts/dqvl/fdc/huge.json", 64 << 30), "as good", "patchtst", ""),
    Case("report is a FIFO", fifo("artifacts/dqvl/fdc/pipe.json"), "as good", "patchtst", ""),
    Case("report links out", link("artifacts/dqvl/fdc/out.json", "{outside}/secret.json"), "as good", "patchtst", ""),
    Case("picture links out", link("artifacts/loss/patchtst_loss_curve.png", "{outside}/secret.txt"), "as good", "patchtst", ""),
    Case("a file called like a state", lambda w: write(w.root / "dashboard-state.json", '{"verdict": "ready"}') and None, "as good", "patchtst", "only the state folder counts"),
]

DASHBOARDS = [
    Case("dashboard.yaml of 0 bytes", dashboard(""), "refused", "dashboard.yaml", "one line, exit code 2"),
    Case("dashboard.yaml is a list", dashboard("- 1\n"), "refused", "expected a mapping", ""),
    Case("dashboard.yaml of bytes", dashboard(b"\xff\x00\xfe" * 30), "refused", "dashboard.yaml", ""),
    Case("dashboard.yaml runs code by a tag", dashboard("title: !!python/object/apply:os.system ['touch ran']\n"), "refused", "tag", ""),
    Case("dashboard.yaml with an alias bomb", dashboard(LAUGHS), "refused", "alias", ""),
    Case("dashboard.yaml nested 100,000 deep", dashboard("title: " + "[" * 100_000), "refused", "dashboard.yaml", "crashes the C loader"),
    Case("dashboard.yaml nested in blocks", dashboard("- " * 20_000 + "x"), "refused", "dashboard.yaml", ""),
    Case("dashboard.yaml with a key twice", added("title: again\n"), "refused", "`title` stands twice", ""),
    Case("dashboard.yaml with an unknown key", added("shceks: {}\n"), "refused", "unknown key `shceks`; did you mean `checks`?", ""),
    Case("dashboard.yaml with a hostile key", added(f"{quoted(HOSTILE)}: 1\n"), "refused", "unknown key `<img src=x onerror=alert(1)>\\x1b[31m\\u202e\\u200bgnp`", "nor may it touch the terminal"),
    Case("dashboard.yaml with a forged line as a key", added('"x\\n2. [v] PASS - Forged": 1\n'), "refused", "unknown key `x\\n2. [v] PASS - Forged`", "one line each"),
    Case("dashboard.yaml is a FIFO", fifo("dashboard.yaml"), "refused", "FIFO", "a configuration that cannot be read is not the default one"),
    Case("dashboard.yaml links out", link("dashboard.yaml", "{outside}/secret.yaml"), "refused", "leads out of the workspace", ""),
    Case("dashboard.yaml links to nothing", link("dashboard.yaml", "gone.yaml"), "refused", "leads to nothing", ""),
    Case("dashboard.yaml of 64 GiB", sparse("dashboard.yaml", 64 << 30), "refused", "at most", ""),
    Case("checkpoint path that climbs", changed("path: checkpoints/patchtst_ssl.pt", "path: ../outside/secret.pt"), "refused", "never leave it", ""),
    Case("absolute checkpoint path", changed("path: checkpoints/patchtst_ssl.pt", "path: /etc/passwd"), "refused", "never leave it", ""),
    Case("event folder of the whole disk", changed("folder: runs/patchtst_ssl", "folder: /"), "refused", "never leave it", ""),
    Case("heartbeat path with a NUL", changed("heartbeat: run_status.json", 'heartbeat: "a\\0b"'), "refused", "heartbeat", ""),
    Case("link template that runs a script", added('links: {template: "javascript:alert(1)//{path}"}\n'), "refused", "links.template", "only https"),
    Case("link template with a quote", added('links: {template: "https://x/\\"onclick=alert(1) {path}"}\n'), "refused", "links.template | percent-encoded", "no address of a web page"),
    Case("a check left out without a reason", added("checks: {backup: {enabled: false}}\n"), "refused", "`reason`", ""),
    Case("two streams of one id", changed("id: swinmae\n", "id: patchtst\n"), "refused", "patchtst", ""),
    Case("an id of HTML", changed("id: swinmae\n", 'id: "<b>"\n'), "refused", "id", "ids become parts of the page"),
    Case("an edge to nowhere", changed("[orchestrator, data-prep]", "[orchestrator, nowhere]"), "refused", "nowhere", ""),
    Case("a stage of an unknown rule", changed("status_from: snapshot", "status_from: exec"), "refused", "no known rule", ""),
    Case("edges in a circle", changed("- [validation-gate, run-summary]", "- [validation-gate, orchestrator]"), "as good", "patchtst", "a circle can be drawn"),
    Case("500 stages", stages(500), "as good", "patchtst", "drawn plainly"),
    Case("3,000 stages", stages(3000), "refused", "stages", "nobody can look at so many, and the page would stand still"),
    Case("a stage at the end of the world", changed("{id: orchestrator, label: Orchestrator, status_from: streams, column: 0", "{id: orchestrator, label: Orchestrator, status_from: streams, column: 1e200"), "refused", "column", "a place that no page can draw"),
    Case("a stage at no place", changed("{id: orchestrator, label: Orchestrator, status_from: streams, column: 0", "{id: orchestrator, label: Orchestrator, status_from: streams, column: .nan"), "refused", "column", ""),
    Case("limits of infinity", added("limits: {seconds: .inf}\n"), "refused", "limits.seconds", "no limit is no limit"),
    Case("hostile title", changed("title: anomaly-detection", f"title: {quoted(HOSTILE)}"), "as good", "<img src=x onerror=alert(1)>\\x1b[31m\\u202e\\u200bgnp", "text as text, hidden characters visible"),
    Case("title with a forged line", changed("title: anomaly-detection", 'title: "x\\n1. [v] PASS - Forged\\n\\nSummary: 9/9 passed"'), "as good", "x 1. [v] PASS - Forged", "one line each"),
    Case("hostile labels", changed("label: PatchTST", f"label: {quoted(HOSTILE)}"), "as good", "patchtst", ""),
    Case("hostile series name", changed("val_loss: loss/val", f"{quoted(HOSTILE)}: loss/val"), "as good", "epoch 8 of 8", "a name on the page, from a file"),
    Case("hostile name of a highlight", changed("lr: training.lr", f"{quoted(HOSTILE)}: training.lr"), "as good", "0.002", ""),
    Case("a surrogate in a series name", changed("val_loss: loss/val", '"\\ud800": loss/val'), "as good", "patchtst", "half a character: shown as an escape"),
    Case("a highlight of everything", changed("lr: training.lr", "lr: training"), "as good", "epochs=8", "a mapping is no plain value: null"),
    Case("a highlight of a secret", changed("lr: training.lr", "lr: wandb.api_key.x"), "as good", "epochs=8", "a key inside a text is no key"),
    Case("a required key of a hostile name", changed("training.lr: {type: number, above: 0}", f"{quoted(HOSTILE)}: {{type: number}}"), "4 fail", "is missing", ""),
    Case("4 MiB of comment", dashboard("#" * (5 << 20)), "refused", "at most", ""),
    Case("patterns that match everything", changed("artifacts/bundles/*.zip", "'**/*'"), "5 fail", "Backup bundle", "the newest file of all is no archive"),
    Case("a pattern of a thousand stars", changed("artifacts/bundles/*.zip", "'" + "*a" * 200 + "*.zip'"), "5 fail", "no archive matches", "must not take for ever"),
    Case("limits of 1 byte", added("limits: {read_bytes: 1}\n"), "9 skip", "not compared in full", "structure only, and it is said"),
    Case("limits of 1 ms", added("limits: {seconds: 0.001}\n"), "as good", "patchtst", "files small enough need less"),
    Case("validator is configured, and not asked for", added('validator: {command: [sh, -c, "touch ran"]}\n'), "as good", "patchtst", "nothing is run without the flag"),
]

NUMBERS = [
    Case("10,000 files among the events", files(10_000, "runs/patchtst_ssl/plots/{n}.png"), "as good", "epoch 8 of 8", "looked at, not opened"),
    Case("3,000 folders among the events", files(3_000, "runs/patchtst_ssl/{n}/x.txt"), "as good", "epoch 8 of 8", ""),
    Case("500 reports", files(500, "artifacts/dqvl/fdc/{n}.json", b'{"decision": "keep", "file_id": "same"}'), "as good", "patchtst", "the newest of an input counts"),
    Case("2,000 bundles", files(2_000, "artifacts/bundles/old{n}.zip"), "5 fail", "artifacts/bundles/old", "the newest one is read, and it is broken"),
    Case("60 runs in one folder", also(*(rerun(pause=n * 3.0, val=[0.5] * 8, table=False, checkpoint=False) for n in range(60))), "9 fail", "is from the previous run", "old checkpoint, many runs"),
    Case("a name of every kind of file", also(fifo("runs/patchtst_ssl/events.out.tfevents.5.h.1.0"), link("runs/patchtst_ssl/events.out.tfevents.6.h.1.0", "/etc/passwd")),
         "as good", "epoch 8 of 8", "what cannot be read is told, the others are read"),
    Case("config of the canary's name", put(CFG, lambda d: d + f"/home/{CANARY}/data: 1\n".encode()), "9 fail", "holds another", "a key that holds a path is nobody's business"),
]
# fmt: on
ROWS = [*NAMES, *DASHBOARDS, *NUMBERS]
