"""Keep files of npm packages in the project, pinned and checked by their hashes.

::

    web/vendor_manifest.toml            package, exact version, files wanted
    web/vendor_lock.json                SHA-512 of each archive, SHA-256 of each file
    web/static/vendor/<name>-<version>/ the files, unmodified, with their licence

``python -m web.vendoring update`` needs npm and a network (maintainers, rarely);
``python -m web.vendoring check`` needs neither.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent
MANIFEST = WEB / "vendor_manifest.toml"
LOCK = WEB / "vendor_lock.json"
VENDOR = WEB / "static" / "vendor"


class VendoringError(Exception):
    """The vendored files do not match the manifest or the lock."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One npm package at one version, and what is taken from it."""

    package: str
    """Name in the npm registry."""

    version: str
    name: str
    """Start of the folder's name."""

    licence: str
    """Path of the licence inside the package."""

    files: dict[str, str]
    """Name here → path inside the package."""

    @property
    def folder(self) -> str:
        """Folder under ``static/vendor``."""
        return f"{self.name}-{self.version}"

    @property
    def wanted(self) -> dict[str, str]:
        """Name here → path inside the package, the licence included."""
        return {**self.files, "LICENSE.txt": self.licence}


def read_manifest() -> tuple[Package, ...]:
    """Return the packages that the manifest lists."""
    return tuple(Package(**entry) for entry in tomllib.loads(MANIFEST.read_text())["package"])


def check() -> None:
    """Compare the vendored files with manifest and lock, offline.

    Raises
    ------
    VendoringError
        Naming every file that is missing, changed or not in the lock.
    """
    lock: dict[str, Any] = json.loads(LOCK.read_text())
    problems = []
    expected = {}
    for package in read_manifest():
        if package.folder not in lock:
            problems.append(f"{package.folder}: not in the lock")
            continue
        for name in package.wanted:
            expected[f"{package.folder}/{name}"] = lock[package.folder]["files"].get(name)
    found = {
        path.relative_to(VENDOR).as_posix(): _sha256(path)
        for path in VENDOR.rglob("*")
        if path.is_file()
    }
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            problems.append(f"{name}: missing")
        elif name not in expected:
            problems.append(f"{name}: in no package of the manifest")
        elif expected[name] != found[name]:
            problems.append(f"{name}: its SHA-256 differs from the lock")
    if problems:
        raise VendoringError("\n".join(problems))


def update() -> None:
    """Fetch every package of the manifest, copy its files and write the lock."""
    lock = {}
    for package in read_manifest():
        shutil.rmtree(VENDOR / package.folder, ignore_errors=True)
        lock[package.folder] = _fetch(package)
    LOCK.write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n")


def _fetch(package: Package) -> dict[str, Any]:
    """Copy the files of one package; return its entry of the lock."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendoringError("npm is needed to update the vendored files.")
    with tempfile.TemporaryDirectory() as scratch:
        told = subprocess.run(  # noqa: S603  npm is the registry's own client
            [npm, "pack", "--json", f"{package.package}@{package.version}"],
            cwd=scratch,
            check=True,
            capture_output=True,
            text=True,
        )
        archive = next(Path(scratch).glob("*.tgz"))
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" not in told.stdout:
            raise VendoringError(
                f"{package.package}: the archive does not have the hash npm tells."
            )
        target = VENDOR / package.folder
        target.mkdir(parents=True)
        with tarfile.open(archive) as tar:
            for name, inside in package.wanted.items():
                content = tar.extractfile(f"package/{inside}")
                if content is None:
                    raise VendoringError(f"{package.package}: no file {inside}.")
                (target / name).write_bytes(content.read())
    return {
        "package": f"{package.package}@{package.version}",
        "archive_sha512": digest,
        "files": {name: _sha256(target / name) for name in sorted(package.wanted)},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    """Run ``update`` or ``check``; return the exit status."""
    actions = {"update": update, "check": check}
    if len(arguments) != 1 or arguments[0] not in actions:
        sys.stderr.write("usage: python -m web.vendoring update|check\n")
        return 2
    try:
        actions[arguments[0]]()
    except VendoringError as error:
        sys.stderr.write(f"{error}\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
