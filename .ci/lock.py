"""Write constraints.txt: every package that setup installs, as name==version with hashes.

Run by ``make lock`` in an environment that has uv. All extras are resolved
together first, so that adding Spark, Hive, Gammapy or Rucio to an environment
made from this lock changes no version in it; then only what the demo and the
tests use is written down. Hashes of all files of a release are kept, so one
lock serves every platform and Python version from the floor upwards.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Versions and hashes of everything that `make setup` installs; made by `make lock`.
# They resolve together with the extras that setup leaves out (see docs/README.md).
"""


def compile_requirements(requirements: list[str], output: Path, *options: str) -> None:
    """Resolve requirements for the oldest supported Python; raise when they conflict."""
    given = output.with_suffix(".in")
    given.write_text("\n".join(requirements) + "\n")
    subprocess.run(  # noqa: S603 - fixed command, our own files
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"),
            *("--python-version", "3.11", "--no-annotate", "--no-header"),
            *("--no-emit-index-url", "--no-emit-find-links", "--output-file", str(output)),
            *options,
            str(given),
        ],
        check=True,
    )


def main() -> None:
    """Resolve, check and write the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    base: list[str] = project["project"]["dependencies"] + project["build-system"]["requires"]
    used = base + extras["demo"] + extras["dev"] + extras["spark"]
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder) / "everything.txt"
        every = base + [name for extra in extras.values() for name in extra]
        compile_requirements(every, everything)
        locked = Path(folder) / "locked.txt"
        compile_requirements(used, locked, "--generate-hashes", "--constraints", str(everything))
        (ROOT / "constraints.txt").write_text(HEADER + locked.read_text())


if __name__ == "__main__":
    main()
