"""The Spark session of this process, made when the first query needs it."""

import atexit
import logging
import os
import sys
import threading
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from hub.engines.base import EngineUnavailableError
from hub.engines.java import find_java
from hub.settings import Settings

_LOG = logging.getLogger(__name__)

_STACK = "-Xss16m"
"""Spark's parser and optimiser call themselves for each level of an expression."""

_KILL_TIMEOUT = "500ms"
"""After this a Python process of a cancelled task is ended."""

_LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {folder}/spark.log
appender.file.filePattern = {folder}/spark.log.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %p %c: %m%n%ex
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
"""

_lock = threading.Lock()
_sessions: dict[str, SparkSession] = {}
"""The one session by its master: a process can have no second one."""


def spark_session(settings: Settings) -> SparkSession:
    """Return the session of this process, started if there is none.

    Raises
    ------
    EngineUnavailableError
        There is no Java, or Spark does not start, or it runs on another master already.
    """
    with _lock:
        master = settings.spark_master
        if master in _sessions:
            return _sessions[master]
        if _sessions:
            raise EngineUnavailableError(
                f"This process has a Spark session on {next(iter(_sessions))} already, and "
                f"{master} was asked for.",
                hint="Start a second process for the second master.",
            )
        if find_java() is None:
            raise EngineUnavailableError(
                "The engine spark needs Java, and there is none.",
                hint="Install Java 17 or newer, or set JAVA_HOME; engine duckdb needs none.",
            )
        _sessions[master] = _start(settings)
        return _sessions[master]


def _start(settings: Settings) -> SparkSession:
    folder = settings.home / "tmp" / "spark"
    folder.mkdir(parents=True, exist_ok=True)
    # Executors run this environment, at the same path; PySpark reads this variable only.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # The errors come to the user in the hub's words, and to the hub's log in full.
    logging.getLogger("py4j").setLevel(logging.WARNING)
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    builder = SparkSession.builder.appName("exploration-hub").master(settings.spark_master)
    for name, value in spark_options(settings, folder).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        _LOG.warning("spark does not start: %s", error)
        raise EngineUnavailableError(
            f"Spark does not start on {settings.spark_master}.",
            hint=f"{folder / 'spark.log'} says more; see HUB_SPARK_MASTER.",
        ) from error
    atexit.register(session.stop)
    return session


def spark_options(settings: Settings, folder: Path) -> dict[str, str]:
    """Return the configuration of a session.

    Parameters
    ----------
    folder
        Where Spark keeps what it needs while it runs.
    """
    java = f"{_STACK} -Duser.timezone=UTC -Dlog4j2.configurationFile={_log_settings(folder)}"
    options = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.local.dir": str(folder / "local"),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
        # Files are named one by one; looking at them needs no tasks.
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "WARN",
        "spark.driver.memory": f"{settings.memory_bytes // 2**20}m",
        "spark.driver.extraJavaOptions": java,
        "spark.executor.extraJavaOptions": _STACK,
        "spark.python.worker.reuse": "true",
        "spark.python.task.killTimeout": _KILL_TIMEOUT,
    }
    if _is_here(settings.spark_master):
        options |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if settings.spark_event_log:
        options |= {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": settings.spark_event_log,
        }
    return options


def _is_here(master: str) -> bool:
    """Tell whether a master is on this machine, so that nothing needs the network."""
    return master.startswith(("local", "spark://127.0.0.1:", "spark://localhost:"))


def _log_settings(folder: Path) -> str:
    path = folder / "log4j2.properties"
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(_LOG4J.format(folder=folder), encoding="utf-8")
    temporary.replace(path)
    return path.as_uri()
