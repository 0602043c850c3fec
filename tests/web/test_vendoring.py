"""What is vendored is what the lock says, and styles use nothing else."""

import re
from pathlib import Path

import pytest

from web import vendoring

STYLES = sorted((vendoring.WEB / "static" / "css").glob("*.css"))
SCRIPTS = sorted((vendoring.WEB / "static" / "js").glob("*.js"))


def test_vendored_files_are_unchanged() -> None:
    vendoring.check()


def test_a_changed_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in vendoring.VENDOR.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(vendoring.VENDOR)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(vendoring, "VENDOR", tmp_path)
    (tmp_path / "htmx-4.0.1" / "htmx.min.js").write_text("changed")
    (tmp_path / "plex-sans-0.2.0" / "LICENSE.txt").unlink()
    (tmp_path / "extra.js").write_text("not in the manifest")
    with pytest.raises(vendoring.VendoringError) as caught:
        vendoring.check()
    assert "htmx.min.js: its SHA-256 differs" in str(caught.value)
    assert "LICENSE.txt: missing" in str(caught.value)
    assert "extra.js: in no package" in str(caught.value)


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS], ids=lambda path: path.name)
def test_own_files_name_no_other_host(path: Path) -> None:
    assert not re.search(r"https?://|url\(\s*[\"']?//|@import", path.read_text())


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_file_that_a_style_names_exists(path: Path) -> None:
    for name in re.findall(r"url\(\"([^\"]+)\"\)", path.read_text()):
        assert (path.parent / name).is_file()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_colours_are_only_in_the_tokens(path: Path) -> None:
    found = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", path.read_text())
    assert path.name == "tokens.css" or not found
