"""Paths stay inside the warehouse, and URLs and paths are two names of one file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tables.warehouse import OutsideWarehouseError, Warehouse, WarehouseUrlError

PARTS = st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), min_size=1)


@given(parts=st.lists(PARTS.filter(lambda part: part not in {".", ".."}), min_size=1, max_size=3))
def test_url_and_path_name_the_same_file(parts: list[str]) -> None:
    warehouse = Warehouse("file:///data/ware%20house")
    path = warehouse.local_path("/".join(parts))
    assert path == Path("/data/ware house", *parts)
    assert warehouse.local_of_url(warehouse.url_of("/".join(parts))) == path


@pytest.mark.parametrize("relative", ["", ".", "..", "a/../..", "/etc/passwd", "../warehouse2/x"])
def test_no_path_leads_out(relative: str) -> None:
    with pytest.raises(OutsideWarehouseError):
        Warehouse("file:///data/warehouse").local_path(relative)


@pytest.mark.parametrize(
    "url", ["hdfs://name/warehouse", "s3a://bucket/x", "file://other-host/x", "/data/warehouse"]
)
def test_warehouses_that_cannot_be_reached_are_refused(url: str) -> None:
    with pytest.raises(WarehouseUrlError) as error:
        Warehouse(url)
    assert url in error.value.message


def test_deleting_takes_the_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path.as_uri())
    for name in ("stars/1.0/main/x", "stars/2.0/main/x"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    warehouse.delete("stars/1.0")
    warehouse.delete("stars/1.0")
    assert sorted(path.name for path in (tmp_path / "stars").iterdir()) == ["2.0"]
