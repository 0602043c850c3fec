"""``hub doctor``: what works, what does not, what to do."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict

from hub.cli.command import Command
from hub.cli.failures import DONE, FAILED
from hub.cli.tables import aligned
from hub.services.diagnosis import Finding, diagnose, works
from hub.settings import Settings


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text by default"
    )


def _run(arguments: Namespace, settings: Settings) -> int:
    findings = diagnose(settings)
    if arguments.format == "json":
        document = {"ok": works(findings), "parts": [asdict(finding) for finding in findings]}
        json.dump(document, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_text(findings))
    return DONE if works(findings) else FAILED


def _text(findings: Sequence[Finding]) -> str:
    table = aligned(
        ("PART", "STATE", "WHAT WAS FOUND"),
        [(finding.part, finding.state.value, finding.detail) for finding in findings],
    )
    hints = "".join(f"{finding.part}: {finding.hint}\n" for finding in findings if finding.hint)
    return table + (f"\nWhat to do:\n{hints}" if hints else "")


doctor = Command(
    help="tell what works, what does not, and what to do", configure=_configure, run=_run
)
