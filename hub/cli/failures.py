"""What the command line says about an error, and with which status it ends."""

import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from hub.errors import ErrorKind, HubError

DONE = 0
BAD_USAGE = 2
NOT_FOUND = 3
FAILED = 4
INTERRUPTED = 130
"""128 + SIGINT, as shells expect it."""

STATUS_OF_KIND = {
    ErrorKind.USAGE: BAD_USAGE,
    ErrorKind.DENIED: NOT_FOUND,
    ErrorKind.MISSING: NOT_FOUND,
    ErrorKind.TRANSIENT: FAILED,
    ErrorKind.FATAL: FAILED,
}

LOG_NAME = "errors.log"
"""File in the home that keeps the tracebacks of errors that nobody foresaw."""


def report(error: BaseException, *, home: Path | None, debug: bool) -> int:
    """Tell an error on stderr and return the exit status.

    Parameters
    ----------
    home
        Folder for the traceback of an unforeseen error; null when not known.
    debug
        Show the traceback as well.
    """
    if debug:
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        _write("hub: interrupted")
        return INTERRUPTED
    if isinstance(error, HubError):
        place = f" ({error.where})" if error.where else ""
        _write(f"hub: error: {_one_line(error.message)}{_one_line(place)}", *_hints(error.hint))
        return STATUS_OF_KIND[error.kind]
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        _write(f"hub: error: {error.strerror}{place}")
        return FAILED
    return _report_internal(error, home, debug=debug)


def _report_internal(error: BaseException, home: Path | None, *, debug: bool) -> int:
    identifier = os.urandom(4).hex()
    log = _keep_traceback(error, identifier, home)
    hints = [f"hint: The traceback is in {log}, under {identifier}."] if log else []
    if not debug:
        hints.append("hint: HUB_DEBUG=1 shows the traceback.")
    _write(f"hub: error: internal error {identifier} ({type(error).__name__})", *hints)
    return FAILED


def _keep_traceback(error: BaseException, identifier: str, home: Path | None) -> Path | None:
    """Append the traceback to the log in the home; null where that is not possible."""
    if home is None or not home.is_dir():
        return None
    path = home / LOG_NAME
    text = "".join(traceback.format_exception(error))
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat()} {identifier}\n{text}\n")
    except OSError:
        # The log is a help, not a promise: a full disk may be why we are here.
        return None
    return path


def _hints(hint: str) -> list[str]:
    return [f"hint: {line}" for line in hint.splitlines() if line.strip()]


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _write(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()
