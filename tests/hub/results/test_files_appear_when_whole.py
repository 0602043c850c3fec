import bz2
import errno
import gzip
import io
import os
from pathlib import Path

import pytest

from hub.results.atomic import NoSpaceError, OutputError, disk_errors, open_output
from hub.results.compress import CompressionError, check_compression, compressed
from hub.results.formats import find_format


def test_the_file_appears_at_the_end_with_usual_rights(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with open_output(path) as sink:
        sink.write(b"rows")
        assert not path.exists()
    assert path.read_bytes() == b"rows"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")

    def stop_half_way() -> None:
        with open_output(path) as sink:
            sink.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_a_link_keeps_pointing(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with open_output(link) as sink:
        sink.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_device_is_not_replaced() -> None:
    with open_output(Path("/dev/null")) as sink:
        sink.write(b"gone")
    assert Path("/dev/null").is_char_device()


def test_a_full_device_is_told(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("the system has no /dev/full")
    with pytest.raises(NoSpaceError, match="No space left"), open_output(full) as sink:
        sink.write(b"x" * 100_000)


@pytest.mark.parametrize("name", ["missing/out.csv", "file/out.csv", "folder", "x" * 300])
def test_places_that_cannot_be_written_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    if len(name) == 300 and os.pathconf(tmp_path, "PC_NAME_MAX") >= 300:
        pytest.skip("the disk takes long names")
    with pytest.raises(OutputError) as caught, open_output(tmp_path / name):
        pass
    assert caught.value.hint
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


def test_other_errors_of_the_system_pass(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), disk_errors(tmp_path):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize(("name", "module"), [("gzip", gzip), ("bz2", bz2)])
def test_compressed_data_come_back_and_repeat(name: str, module: object) -> None:
    results = []
    for _ in range(2):
        sink = io.BytesIO()
        with compressed(sink, name) as inner:
            inner.write(b"a,b\n" * 1000)
        results.append(sink.getvalue())
    assert results[0] == results[1]
    assert module.decompress(results[0]) == b"a,b\n" * 1000


def test_compression_is_for_text_formats() -> None:
    check_compression(find_format("csv"), "gzip")
    with pytest.raises(CompressionError, match="fits"):
        check_compression(find_format("fits"), "gzip")
    with pytest.raises(CompressionError, match="'zip'") as caught:
        check_compression(find_format("csv"), "zip")
    assert "gzip" in caught.value.hint
