"""Ctrl-C ends a query at once, whatever the engine is doing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

HUB = Path(sys.executable).with_name("hub")
ROWS = "(VALUES " + ", ".join(f"({i})" for i in range(1000)) + ")"
ENDLESS = "SELECT count(*) FROM " + ", ".join(f"{ROWS} AS t{i}(a)" for i in range(6))


def test_an_interrupt_reaches_an_engine_that_computes(home: Path, tmp_path: Path) -> None:
    output = tmp_path / "never.csv"
    outer = {name: text for name, text in os.environ.items() if not name.startswith("HUB_")}
    query = tmp_path / "endless.sql"
    query.write_text(ENDLESS)
    with subprocess.Popen(
        [HUB, "query", "-f", query, "-o", output],
        env=outer | {"HUB_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            # Start and planning take 1.5 s of processor time, however busy the machine is.
            while process.poll() is None and psutil.Process(process.pid).cpu_times().user < 4:
                time.sleep(0.1)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == 130, said
    assert said == "hub: interrupted\n"
    assert sorted(tmp_path.iterdir()) == [query, home]
