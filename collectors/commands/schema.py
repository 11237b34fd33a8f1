"""`python -m collectors schema [--config]` -> a JSON Schema on stdout: of the state, or of `dashboard.yaml`.

The second is for editors and for the reference in `docs/`: the models say which keys there are, the
checklist which checks may be named. It refuses nothing.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from collectors.commands.exit_codes import READY
from collectors.contract.pipeline import RULES, PipelineConfig
from collectors.contract.state import json_schema
from collectors.judge.checklist import specs_by_id
from collectors.judge.findings.every import findings_by_id
from collectors.options import Commands, Parser


def add_schema(commands: Commands[Parser]) -> None:
    """Add `schema`. Its switch reads no variable: TRAINING_DASHBOARD_CONFIG names a file, for other commands."""
    parser = commands.add_parser("schema", help="print the JSON Schema of the state", allow_abbrev=False)
    parser.add_argument("--config", action="store_true", help="that of dashboard.yaml instead, for editors")
    parser.set_defaults(command=_schema)


def _schema(options: argparse.Namespace) -> int:
    print(json.dumps(config_schema() if options.config else json_schema(), indent=2))
    return READY


def config_schema() -> dict[str, Any]:
    """The JSON Schema of `dashboard.yaml`, with the ids of the checks that there are."""
    schema = PipelineConfig.model_json_schema()
    checks = {"type": "string", "format": "check-id", "enum": list(specs_by_id())}
    settings = schema["properties"]["checks"]
    settings["additionalProperties"] = settings.pop("patternProperties").popitem()[1]
    settings["propertyNames"] = checks | {"enum": [*checks["enum"], *findings_by_id()]}
    stream = schema["$defs"]["Stream"]["properties"]
    stream["loss_history"] = stream["table"] | {"description": "The older name of `table`."}
    stage = schema["$defs"]["Stage"]["properties"]
    stage["checks"]["items"] = checks
    stage["status_from"]["pattern"] = f"^({'|'.join(RULES)}|stream:.+|check:({'|'.join(checks['enum'])}))$"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "dashboard.yaml"}
