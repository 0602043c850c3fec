"""No address makes the server fail, whatever stands in it."""

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web.playground.fields import TEXT_DEFAULTS

NASTY = st.sampled_from(
    [
        "",
        "nan",
        "inf",
        "-1",
        "1e400",
        "9" * 500,
        "all",
        "cone",
        "targets",
        "moc",
        "polygon",
        "fraction",
        "rows",
        "galactic",
        "count",
        "mean",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\x00",
        "{",
        '{"any": []}',
        "1 2\n3",
        "g_mag",
        "g_mag desc",
        "log10(g_mag)",
        "(" * 300,
        "1/0",
        "name",
        "ñ\u202e\U0001f52d",
    ]
) | st.text(max_size=8)
NAMES = st.sampled_from(
    [
        *TEXT_DEFAULTS,
        *("c", "sent", "add", "drop", "new_filter", "new_name", "new_expression"),
        *(f"f0.{key}" for key in ("column", "op", "value", "high", "group", "on")),
        *("f1.column", "f99999999999999999999.column", "f-1.op", "fx."),
    ]
)
LAW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LAW
@given(query=st.lists(st.tuples(NAMES, NASTY), max_size=8))
def test_the_playground_never_fails(client: FlaskClient, query: list[tuple[str, str]]) -> None:
    answer = client.get("/play/stars/1.0/main", query_string=query, follow_redirects=True)
    assert answer.status_code in {200, 400, 404}
    assert "<script>alert" not in answer.text


@LAW
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["s", "x", "y", "bins", "x_range", "log_x", "statistic", "of", "theme", "w", "fit"]
        ),
        NASTY | st.just('{"catalog": "stars"}'),
    )
)
def test_pictures_never_fail(client: FlaskClient, query: dict[str, str]) -> None:
    answer = client.get("/plots/image.png", query_string={"s": '{"catalog": "stars"}', **query})
    assert answer.status_code in {200, 400, 404}


@LAW
@given(text=NASTY)
def test_other_pages_never_fail(client: FlaskClient, text: str) -> None:
    for path in ("/sql", "/catalogs", "/catalogs/stars/1.0"):
        answer = client.get(path, query_string={"q": text, "from": text, "table": text})
        assert answer.status_code in {200, 400}
        assert "<script>alert" not in answer.text
