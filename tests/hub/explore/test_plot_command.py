"""``hub plot``: endings, arguments and exit status."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from hub.cli.main import main


@pytest.fixture
def hub(stars_home, capsys):
    """Run a command; return its status and what it said on stderr."""

    def run(*words):
        status = main(["--home", str(stars_home), *map(str, words)])
        said = capsys.readouterr()
        assert said.out == ""
        return status, said.err

    return run


def test_numbers_of_a_heat_map(hub, tmp_path):
    path = tmp_path / "map.npz"
    words = ["heatmap", "stars", "--x", "ra", "--y", "dec", "--bins", "12x6", "-o", path]
    assert hub("plot", *words, "--x-range", "0:360", "--y-range", "-90:90") == (0, "")
    saved = np.load(path)
    assert saved["grid"].shape == (6, 12)
    assert saved["y_edges"].tolist() == [-90, -60, -30, 0, 30, 60, 90]
    assert json.loads(str(saved["meta"]))["in_view"] == saved["grid"].sum() == 6000


def test_both_stages_are_exact_where_there_are_no_sample_files(hub, tmp_path):
    for stage in ("first", "exact"):
        path = tmp_path / f"{stage}.npz"
        hub("plot", "histogram", "stars", "--x", "g_mag", "--stage", stage, "-o", path)
    first, exact = (np.load(tmp_path / f"{stage}.npz") for stage in ("first", "exact"))
    assert np.array_equal(first["grid"], exact["grid"])


def test_a_picture_has_its_caption_inside_and_in_its_metadata(hub, tmp_path):
    path = tmp_path / "h.png"
    assert (
        hub("plot", "histogram", "stars", "--x", "flux", "--log-x", "--log-y", "-o", path)[0] == 0
    )
    image = Image.open(io.BytesIO(path.read_bytes()))
    image.load()
    assert image.width == 1660
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert "zero or negative on a log axis" in image.text["Description"]


def test_csv_and_a_selection_from_a_file(hub, tmp_path):
    selection = tmp_path / "bright.json"
    filters = {"column": "g_mag", "op": "<", "value": 11}
    selection.write_text(json.dumps({"catalog": "stars", "filters": filters}))
    path = tmp_path / "h.csv"
    words = ["--x", "g_mag", "--statistic", "max", "--of", "g_mag", "--fit", "--bins", "7"]
    assert hub("plot", "histogram", selection, *words, "-o", path)[0] == 0
    lines = path.read_text().splitlines()
    assert lines[0] == "x_low,x_high,value,error"
    assert len(lines) == 8
    assert float(lines[-1].split(",")[2]) < 11


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["histogram", "stars", "--x", "ra", "-o", "x.pdf"], 2, ".png, .npz, .csv"),
        (["heatmap", "stars", "--x", "ra", "-o", "x.png"], 2, "--y"),
        (["histogram", "stars", "--x", "ra", "--y", "dec", "-o", "x.png"], 2, "histogram"),
        (["histogram", "stars", "--x", "ra", "--bins", "many", "-o", "x.npz"], 2, "bins"),
        (["histogram", "stars", "--x", "ra", "--bins", "3x4", "-o", "x.npz"], 2, "bins of x"),
        (["histogram", "stars", "--x", "ra", "--x-range", "9", "-o", "x.npz"], 2, "range"),
        (["histogram", "stars", "--x", "ra", "--x-range", "9:1", "-o", "x.npz"], 2, "empty"),
        (["histogram", "stars", "--x", "ra", "--statistic", "mean", "-o", "x.npz"], 2, "(of)"),
        (["histogram", "stars", "--x", "name", "-o", "x.npz"], 2, "varchar"),
        (["histogram", "stars", "--x", "rra", "-o", "x.npz"], 3, "rra"),
        (["histogram", "stairs", "--x", "ra", "-o", "x.npz"], 3, "stars"),
        (["histogram", "stars@9.9", "--x", "ra", "-o", "x.npz"], 3, "9.9"),
        (["histogram", "none.json", "--x", "ra", "-o", "x.npz"], 2, "none.json"),
        (["histogram", "stars", "--x", "ra", "-o", "no/such/folder/x.npz"], 2, "folder"),
    ],
)
def test_wrong_commands_say_why_and_leave_nothing(
    hub, tmp_path, monkeypatch, words, status, message
):
    monkeypatch.chdir(tmp_path)
    found, said = hub("plot", *words)
    assert found == status, said
    assert said.startswith("hub: error: ")
    assert message in said
    assert list(tmp_path.iterdir()) == []
