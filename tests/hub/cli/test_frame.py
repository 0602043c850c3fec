"""``hub`` itself: exit statuses, the form of errors, and that it starts fast."""

import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import hub as package

RunHub = Callable[..., subprocess.CompletedProcess[str]]

PLUGIN = """
import sys
import time

from hub.cli.command import Command
from hub.errors import DeniedError, TransientError


def run(arguments, settings):
    match arguments.what:
        case "crash":
            raise ZeroDivisionError("secret detail")
        case "denied":
            raise DeniedError("Not yours.\\nReally.", hint="Ask ada.\\nOr bob.", where="line 3")
        case "transient":
            raise TransientError("Busy.")
        case "full":
            raise OSError(28, "No space left on device", "/data/x")
        case "wait":
            print("ready", flush=True)
            time.sleep(60)
        case "many":
            for number in range(10**6):
                sys.stdout.write(f"{number}\\n")
    return 0


odd = Command(help="100 % odd", configure=lambda parser: parser.add_argument("what"), run=run)
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """Install a package that brings two commands, one of them broken."""
    site = tmp_path / "site"
    info = site / "odd_hub-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "odd_hub.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-hub\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[exploration_hub.commands]\nodd = odd_hub:odd\nbroken = missing_library:command\n"
    )
    return site


def test_the_version_is_told_at_once(hub: RunHub) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = hub("--version")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"hub {package.__version__}\n", "")
    # Time of the processor, since other tests may keep it busy: 0.1 s.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3


def test_starting_loads_no_heavy_library() -> None:
    program = (
        "import sys, hub.cli.main; "
        "print([m for m in ('numpy', 'pyarrow', 'sqlalchemy', 'duckdb', 'sqlglot', 'numba', "
        "'astropy', 'pydantic', 'flask') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command_with_a_line(hub: RunHub, plugin: Path) -> None:
    done = hub("--help", PYTHONPATH=str(plugin))
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("catalogs", "describe", "doctor", "query", "select", "plot", "ingest", "serve"):
        assert f"\n  {name} " in done.stdout
    assert "100 % odd" in done.stdout
    assert "not available" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], ["A command is missing", "hub --help"]),
        (["--hom", "x", "doctor"], ["--hom", "--home"]),
        (["--home"], ["--home"]),
        (["describ"], ["'describ'", "Did you mean describe?"]),
        (["doctor", "--fromat", "json"], ["--fromat", "Did you mean --format?"]),
        (["doctor", "--format", "xml"], ["xml", "json"]),
        (["doctor", "--form", "json"], ["--form"]),
        (["catalogs", "remove"], ["NAME@VERSION"]),
        (["catalogs", "--home", "x"], ["Put it before the command"]),
        (["describe"], ["NAME[@VERSION][.TABLE]", "Usage: hub describe"]),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(
    hub_here: RunHub, arguments: list[str], told: list[str]
) -> None:
    done = hub_here(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("hub: error: ")
    assert all(line.startswith("hint: ") for line in lines[1:])
    assert all(text in done.stderr for text in told)


def test_the_installed_command_ends_with_the_status(hub: RunHub) -> None:
    done = hub("describ")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hub: error: There is no command 'describ'.\nhint: Did you mean")
    assert hub("describe", "stars").returncode == 3


def test_wrong_settings_are_2(hub: RunHub, home: Path) -> None:
    done = hub("catalogs", HUB_MEMROY="2GiB")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "hub: error: There is no setting HUB_MEMROY. (environment)\n"
        "hint: Did you mean HUB_MEMORY?\n"
    )
    (home / "hub.toml").write_text("threds = 2\n")
    assert "hub.toml" in hub("catalogs").stderr


def test_the_option_wins_over_the_variable(hub: RunHub, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert hub("--home", str(other), "catalogs").returncode == 0
    assert hub(f"--home={other}", "catalogs").returncode == 0
    assert (other / "hub.sqlite").exists()
    assert not (home / "hub.sqlite").exists()


@pytest.mark.parametrize(
    ("what", "status", "told"),
    [
        ("denied", 3, "hub: error: Not yours. Really. (line 3)\nhint: Ask ada.\nhint: Or bob.\n"),
        ("transient", 4, "hub: error: Busy.\n"),
        ("full", 4, "hub: error: No space left on device (/data/x)\n"),
    ],
)
def test_errors_have_one_form_and_the_status_of_their_kind(
    hub: RunHub, plugin: Path, what: str, status: int, told: str
) -> None:
    done = hub("odd", what, PYTHONPATH=str(plugin))
    assert (done.returncode, done.stdout, done.stderr) == (status, "", told)


def test_an_unforeseen_error_is_4_and_can_be_found_again(
    hub: RunHub, plugin: Path, home: Path
) -> None:
    done = hub("odd", "crash", PYTHONPATH=str(plugin))
    assert done.returncode == 4
    assert done.stderr.startswith("hub: error: internal error ")
    assert "secret detail" not in done.stderr
    assert "Traceback" not in done.stderr
    identifier = done.stderr.split()[4]
    log = (home / "errors.log").read_text()
    assert identifier in log
    assert "secret detail" in log


def test_a_traceback_comes_with_debug_alone(hub: RunHub, plugin: Path) -> None:
    for what in ("crash", "denied"):
        assert "Traceback" in hub("odd", what, PYTHONPATH=str(plugin), HUB_DEBUG="1").stderr
        assert "Traceback" not in hub("odd", what, PYTHONPATH=str(plugin), HUB_DEBUG="0").stderr


def test_a_command_that_cannot_be_loaded_is_4(hub: RunHub, plugin: Path) -> None:
    done = hub("broken", PYTHONPATH=str(plugin))
    assert done.returncode == 4
    assert done.stderr.startswith("hub: error: The command broken cannot be loaded")


def start(plugin: Path, home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"HUB_HOME": str(home), "PYTHONPATH": str(plugin)}
    return subprocess.Popen(
        [Path(sys.executable).with_name("hub"), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_an_interrupt_is_130(plugin: Path, home: Path) -> None:
    process = start(plugin, home, "odd", "wait")
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == b"hub: interrupted\n"


def test_a_reader_that_has_enough_causes_no_complaint(plugin: Path, home: Path) -> None:
    process = start(plugin, home, "odd", "many")
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline() == b"0\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_named(hub: RunHub, home: Path) -> None:
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    done = hub("catalogs")
    assert done.returncode == 2
    assert str(home) in done.stderr
