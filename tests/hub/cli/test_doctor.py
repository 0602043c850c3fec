"""``hub doctor`` finds what is broken, and 0 means that nothing needed is."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

RunHub = Callable[..., subprocess.CompletedProcess[str]]


def parts(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, str]]:
    return {part["part"]: part for part in json.loads(done.stdout)["parts"]}


def test_a_fresh_home_is_well(hub: RunHub) -> None:
    done = hub("doctor", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["ok"] is True
    found = parts(done)
    assert set(found) == {"settings", "database", "warehouse", "engine duckdb", "java"}
    assert "WAL" in found["database"]["detail"]
    assert "DuckDB" in found["engine duckdb"]["detail"]
    assert found["java"]["state"] in {"ok", "unused"}
    text = hub("doctor").stdout
    assert all(name in text for name in found)


def test_java_is_needed_only_by_engines_that_run_it(hub: RunHub, tmp_path: Path) -> None:
    empty = str(tmp_path)
    found = parts(hub("doctor", "--format", "json", PATH=empty, JAVA_HOME=empty))
    assert found["java"]["state"] == "unused"
    needed = hub("doctor", "--format", "json", PATH=empty, JAVA_HOME=empty, HUB_ENGINES="spark")
    assert needed.returncode == 4
    assert parts(needed)["java"]["state"] == "failed"


def test_every_broken_part_is_told_with_what_to_do(hub: RunHub, home: Path, tmp_path: Path) -> None:
    (home / "hub.sqlite").write_text("no database, but long enough to be looked at " * 20)
    (tmp_path / "file").touch()
    done = hub(
        "doctor",
        HUB_WAREHOUSE=(tmp_path / "file" / "warehouse").as_uri(),
        HUB_ENGINES="duckdb,warp",
    )
    assert done.returncode == 4
    states = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    for part in ("database", "warehouse", "engine warp"):
        assert " failed " in states[part]
        assert f"{part}:" in done.stdout
    assert " ok " in states["engine duckdb"]


def test_a_warehouse_of_another_kind_is_told(hub: RunHub) -> None:
    done = hub("doctor", "--format", "json", HUB_WAREHOUSE="s3a://bucket/warehouse")
    assert done.returncode == 4
    assert parts(done)["warehouse"]["state"] == "failed"
    assert parts(done)["database"]["state"] == "ok"
