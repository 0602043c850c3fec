"""``hub serve``: a busy port, a graceful stop, and the address behind a proxy."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from hub.assemble import Services
from hub.cli.main import main
from hub.settings import Settings
from web.app import create_app


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def test_a_busy_port_is_refused(
    settings: Settings, busy_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--home", str(settings.home), "serve", "--port", str(busy_port)])
    error = capsys.readouterr().err
    assert status == 2
    assert f"hub: error: Port {busy_port} of 127.0.0.1 is in use." in error
    assert "hint:" in error


def test_a_worker_that_is_not_there_is_refused(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(settings.home), "serve", "--with-worker"]) == 2
    assert "no jobs" in capsys.readouterr().err


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    command = ["from hub.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))"]
    arguments = ["--home", str(settings.home), "serve", "--port", str(port)]
    with subprocess.Popen(
        [sys.executable, "-c", *command, *arguments], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert f"http://127.0.0.1:{port}/" in process.stderr.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
                assert answer.status == 200
            yield process, port
        finally:
            process.kill()


def ask(port: int, path: str, sql: str) -> socket.socket:
    """Send a request for SQL whose answer takes long, and leave the connection open."""
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(f"GET {path}?{urlencode({'q': sql})} HTTP/1.1\r\nHost: hub\r\n\r\n".encode())
    time.sleep(0.5)
    return client


LONG = (
    "SELECT sum(a.ra * b.dec * c.ra) AS s FROM stars.main a, stars.main b, stars.main c "
    "WHERE a.ra * b.dec > c.ra"
)


def test_the_server_answers_and_stops_gracefully(settings: Settings) -> None:
    with serving(settings) as (process, _):
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=20)
        assert process.returncode == 0
        assert time.monotonic() - started < 10
        assert "Traceback" not in rest
        assert "GET /healthz 200" in rest


def test_queries_end_with_their_client_and_with_the_server(settings: Settings) -> None:
    with serving(settings) as (process, port):
        assert process.stderr is not None
        for path in ("/sql", "/sql/download"):
            ask(port, path, LONG).close()
            lines = iter(process.stderr.readline, "")
            assert next(line for line in lines if f"GET {path} " in line).split()[6] == "503"
        with ask(port, "/sql/download", LONG):
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "GET /sql/download 503" in rest
        assert "Traceback" not in rest


def test_links_carry_the_prefix_of_the_public_address(
    settings: Settings, services: Services
) -> None:
    public = Settings(home=settings.home, public_url="https://data.example.org/hub")
    with create_app(public, services).test_client() as client:
        for path in ("/catalogs", "/hub/catalogs"):
            html = client.get(path).text
            assert 'href="/hub/play"' in html
            assert 'href="/hub/static/css/tokens.css' in html
        help_page = client.get("/play/stars/1.0/main?step=query").text
        assert "https://data.example.org/hub/api/v1/query" in help_page
