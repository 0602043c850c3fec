"""Without Java or without pyspark the hub works, and the engine spark says what is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from hub.engines.available import Engines, UnknownEngineError
from hub.services.diagnosis import State, diagnose
from hub.settings import Settings


def test_without_java_spark_fails_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    # A master of its own, as this process may run Spark already.
    settings = Settings(home=tmp_path, engines=("duckdb", "spark"), spark_master="local[1]")
    findings = {finding.part: finding for finding in diagnose(settings)}
    assert findings["engine duckdb"].state is State.OK
    assert findings["engine spark"].state is State.FAILED
    assert findings["java"].state is State.FAILED
    assert "Java 17" in findings["java"].hint


def test_without_pyspark_the_engine_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "from pathlib import Path\n"
        "from hub.engines.available import Engines\n"
        "from hub.engines.base import EngineUnavailableError\n"
        "from hub.settings import Settings\n"
        f"engines = Engines(Settings(home=Path({str(tmp_path)!r}), engines=('duckdb', 'spark')))\n"
        "engines.engine('duckdb')\n"
        "try:\n    engines.engine('spark')\n"
        "except EngineUnavailableError as error:\n    print(error.message, error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pyspark" in done.stdout
    assert "exploration-hub[spark]" in done.stdout


def test_an_engine_that_is_not_used_is_not_loaded(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from hub.engines.available import Engines\nfrom hub.settings import Settings\n"
        f"engines = Engines(Settings(home=Path({str(tmp_path)!r}), engines=('duckdb', 'spark')))\n"
        "engines.engine()\nprint([name for name in sys.modules if name.startswith('pyspark')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(UnknownEngineError, match="no engine spark"):
        Engines(Settings(home=tmp_path)).engine("spark")
