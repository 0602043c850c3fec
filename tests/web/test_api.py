"""The API: what it answers, and the one shape of its errors."""

import io

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient


def test_catalogs_are_those_of_the_commands(client: FlaskClient) -> None:
    (catalog,) = client.get("/api/v1/catalogs").get_json()
    assert catalog["catalog"] == "stars"
    assert catalog["rows"] == 2_000
    described = client.get("/api/v1/catalogs/stars/1.0").get_json()
    names = [column["name"] for column in described["tables"][0]["columns"]]
    assert names[:4] == ["id", "ra", "dec", "g_mag"]


def test_rows_come_as_json_with_large_integers_exact(client: FlaskClient) -> None:
    body = {"sql": "SELECT id, g_mag FROM stars.main ORDER BY id", "max_rows": 3}
    answer = client.post("/api/v1/query", json=body).get_json()
    assert [row[0] for row in answer["rows"]] == [str(2**60 + n) for n in range(3)]
    assert answer["truncated"] is True
    assert answer["columns"][1]["unit"] == "mag"


def test_a_result_that_is_whole_says_so(client: FlaskClient) -> None:
    answer = client.post("/api/v1/query", json={"sql": "SELECT count(*) AS n FROM stars.main"})
    assert answer.get_json()["rows"] == [[2_000]]
    assert answer.get_json()["truncated"] is False


def test_a_selection_runs_in_any_format(client: FlaskClient) -> None:
    selection = {"catalog": "stars", "columns": ["id"], "sample": {"rows": 10}}
    body = {"selection": selection, "format": "parquet"}
    answer = client.post("/api/v1/query", json=body)
    assert pq.read_table(io.BytesIO(answer.data)).num_rows == 10
    assert answer.headers["X-Hub-Truncated"] == "false"
    assert answer.headers["X-Hub-Rows"] == "10"
    cut = client.post("/api/v1/query", json={**body, "max_rows": 4})
    assert cut.headers["X-Hub-Truncated"] == "true"


def test_an_estimate_reads_nothing_and_knows_the_files(client: FlaskClient) -> None:
    whole = client.post("/api/v1/estimate", json={"selection": {"catalog": "stars"}}).get_json()
    assert whole["rows"] == 2_000
    cone = {"kind": "cone", "ra_deg": 10, "dec_deg": 10, "radius_deg": 1}
    body = {"selection": {"catalog": "stars", "region": cone}}
    part = client.post("/api/v1/estimate", json=body).get_json()
    assert part["partitions"] <= part["partitions_total"] == whole["partitions"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"sql": "SELECT nope FROM stars.main"}, 404, "missing"),
        ({"sql": "SELECT * FROM nowhere.main"}, 404, "missing"),
        ({"sql": "DROP TABLE stars.main"}, 400, "usage"),
        ({"sql": "SELECT * FROM read_csv('/etc/passwd')"}, 400, "usage"),
        ({"sql": "SELECT 1", "selection": {"catalog": "stars"}}, 400, "usage"),
        ({}, 400, "usage"),
        ({"sqll": "SELECT 1"}, 400, "usage"),
        ({"sql": 5}, 400, "usage"),
        ({"sql": "SELECT ra FROM stars.main", "format": "nope"}, 400, "usage"),
        ({"sql": "SELECT ra FROM stars.main", "max_rows": -1}, 400, "usage"),
        ({"sql": "SELECT ra FROM stars.main", "max_rows": True}, 400, "usage"),
        ({"sql": "SELECT ra FROM stars.main", "engine": "nope"}, 400, "usage"),
        ({"sql": "SELECT ra FROM stars.main", "format": "csv", "compression": "zip"}, 400, "usage"),
        ({"selection": {"catalog": "stars", "regoin": {}}}, 400, "usage"),
    ],
)
def test_errors_have_one_shape(
    client: FlaskClient, body: dict[str, object], status: int, kind: str
) -> None:
    answer = client.post("/api/v1/query", json=body)
    error = answer.get_json()["error"]
    assert answer.status_code == status
    assert error["kind"] == kind
    assert error.keys() == {"kind", "message", "hint", "where", "request_id"}
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert error["message"]


@pytest.mark.parametrize(
    ("method", "path", "data", "content_type", "status"),
    [
        ("POST", "/api/v1/query", "{bad", "application/json", 400),
        ("POST", "/api/v1/query", "[]", "application/json", 400),
        ("POST", "/api/v1/query", "sql=SELECT 1", "application/x-www-form-urlencoded", 400),
        ("GET", "/api/v1/query", None, None, 405),
        ("POST", "/api/v1/jobs", "{}", "application/json", 404),
        ("POST", "/api/v1/plots", "{}", "application/json", 404),
        ("GET", "/api/v1/catalogs/stars/9.9", None, None, 404),
    ],
)
def test_errors_of_http_have_the_same_shape(
    client: FlaskClient, method: str, path: str, data: str, content_type: str, status: int
) -> None:
    answer = client.open(path, method=method, data=data, content_type=content_type)
    assert answer.status_code == status
    assert answer.get_json()["error"].keys() == {"kind", "message", "hint", "where", "request_id"}


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    body = {"sql": "SELECT ra FROM stars.main -- " + "x" * (9 * 1024 * 1024)}
    answer = client.post("/api/v1/query", json=body)
    assert answer.status_code == 413
    assert answer.get_json()["error"]["kind"] == "usage"
