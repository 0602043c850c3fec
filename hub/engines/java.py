"""The Java of this machine, which engines of the Hadoop family run on."""

import os
import shutil
from pathlib import Path


def find_java() -> str | None:
    """Return the path of the ``java`` that JAVA_HOME or PATH names; null when there is none."""
    home = os.environ.get("JAVA_HOME")
    in_home = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    return in_home or shutil.which("java")
