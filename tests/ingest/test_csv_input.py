"""Text tables: types from the whole file, nulls, quotes, and what is wrong with them."""

import bz2
import csv as python_csv
import gzip
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.tasks import ThreadRunner
from ingest.describe import notes_from
from ingest.readers import InputError, ReadOptions
from ingest.readers import csv_blocks as blocks_module
from ingest.readers.csv import CSV
from ingest.readers.csv_blocks import Dialect, blocks
from ingest.readers.csv_spelling import Spelling, spellings

OPTIONS = ReadOptions(runner=ThreadRunner(2))


def read(path, rows=10**6, options=OPTIONS):
    source = CSV.open(path, options)
    found = {column.name: [] for column in source.columns}
    for piece in source.pieces(0, rows):
        table = piece.read()
        assert table.num_rows == piece.rows
        for name in found:
            found[name] += table.column(name).to_pylist()
    return found


def write(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_empty_is_null_and_two_quotes_are_the_empty_text(tmp_path):
    found = read(write(tmp_path, 'a,b\n1,x\n,""\n3,\n'))
    assert found == {"a": [1, None, 3], "b": ["x", "", None]}


def test_integers_above_2_53_stay_exact(tmp_path):
    found = read(write(tmp_path, f"id,x\n{2**53 + 1},1\n{-(2**62) - 1},2\n"))
    assert found["id"] == [2**53 + 1, -(2**62) - 1]


def test_integers_beyond_63_bits_become_decimals(tmp_path):
    found = read(write(tmp_path, f"id,x\n{2**64 - 1},1\n5,2\n"))
    assert found["id"] == [Decimal(2**64 - 1), Decimal(5)]


def test_types_come_from_the_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.readers.csv.BLOCK_BYTES", 64)
    lines = [f"{row},{row},,{row}" for row in range(100)]
    lines += ["100,1.5,late,1970-01-01", "101,nan,,x"]
    found = read(write(tmp_path, "a,b,c,d\n" + "\n".join(lines)))
    assert found["a"] == list(range(102))
    assert found["b"][:2] == [0.0, 1.0]
    assert found["b"][100] == 1.5
    assert found["b"][101] != found["b"][101]
    assert found["c"] == [None] * 100 + ["late", None]
    assert found["d"] == [str(row) for row in range(100)] + ["1970-01-01", "x"]


def test_nan_and_infinities_are_numbers(tmp_path):
    found = read(write(tmp_path, "x,y\nnan,1\ninf,2\n-inf,3\n+1.5,4\n"))["x"]
    assert found[0] != found[0]
    assert found[1:] == [float("inf"), float("-inf"), 1.5]


def test_dates_times_and_booleans(tmp_path):
    found = read(
        write(tmp_path, "d,t,b\n2020-01-02,2020-01-02T03:04:05,true\n2021-01-01,2020-01-02,false\n")
    )
    assert found["d"] == [date(2020, 1, 2), date(2021, 1, 1)]
    assert found["t"][0] == datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001
    assert found["b"] == [True, False]


def test_zero_and_one_are_numbers_not_booleans(tmp_path):
    assert read(write(tmp_path, "b,c\n0,1\n1,1\n"))["b"] == [0, 1]


def test_quotes_hold_line_ends_and_delimiters(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.readers.csv.BLOCK_BYTES", 16)
    text = 'a,b\n1,"x\ny"\n2,"p,""q"""\n3,5" pipe\n4,"\n\n"\n'
    assert read(write(tmp_path, text))["b"] == ["x\ny", 'p,"q"', '5" pipe', "\n\n"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path, end):
    text = end.join(["a,b", "1,x", "2,y"])
    assert read(write(tmp_path, text)) == {"a": [1, 2], "b": ["x", "y"]}


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    assert list(read(write(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n"))) == ["a", "b"]


def test_comment_lines_before_the_header_are_left_out(tmp_path):
    source = CSV.open(write(tmp_path, "# made by hand\n#\na,b\n1,2\n"), OPTIONS)
    assert source.rows == 1
    assert "lines starting with #" in source.notes[0]


@pytest.mark.parametrize(
    ("name", "mark"), [("t.tsv", "\t"), ("t.txt", ";"), ("t.txt", "|"), ("t.csv", ";")]
)
def test_the_delimiter_is_found(tmp_path, name, mark):
    assert read(write(tmp_path, f"a{mark}b\n1{mark}x\n", name)) == {"a": [1], "b": ["x"]}


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_packed_files_are_read(tmp_path, ending, pack):
    text = ("a,b\n" + "".join(f"{row},x{row}\n" for row in range(5000))).encode()
    found = read(write(tmp_path, pack(text), "t.csv" + ending), rows=100)
    assert found["a"] == list(range(5000))


def test_texts_that_are_not_utf8_are_latin1(tmp_path):
    found = read(write(tmp_path, "a,b\n1,é\n".encode() + "2,é\n".encode("latin-1")))
    assert found["b"] == ["é", "é"]


def test_a_column_alone_keeps_its_empty_lines_as_nulls(tmp_path):
    assert read(write(tmp_path, "a\n1\n\n3\n"))["a"] == [1, None, 3]


def test_null_texts_leave_the_type_of_the_rest(tmp_path):
    options = ReadOptions(runner=ThreadRunner(1), null_texts={"x": ("NA", "-")})
    found = read(write(tmp_path, "x,y\n1.5,NA\nNA,b\n-,c\n"), options=options)
    assert found == {"x": [1.5, None, None], "y": ["NA", "b", "c"]}


@pytest.mark.parametrize(
    "texts",
    [
        ("007", "12"),
        ("12", "-007"),
        ("+7", "-3"),
        ("0x1F", "3"),
        ("00", "01"),
        ('"007"', "5"),
        ("007", "nan"),
        (f"0{2**64}", "1"),
    ],
)
def test_whole_numbers_keep_zeros_and_signs_in_front(tmp_path, texts):
    found = read(write(tmp_path, "x,y\n" + "".join(f"{text},1\n" for text in texts)))
    assert found["x"] == [text.strip('"') for text in texts]
    assert found["y"] == [1, 1]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("05.25", "+22.01"), [5.25, 22.01]),
        (("007", "1.5"), [7.0, 1.5]),
        (("0", "-0", "10"), [0, 0, 10]),
        (("+1e3", "2"), [1000.0, 2.0]),
        (("0.5", ".5"), [0.5, 0.5]),
    ],
)
def test_other_numbers_are_numbers_whatever_stands_in_front(tmp_path, texts, values):
    found = read(write(tmp_path, "y,x\n" + "".join(f"a,{text}\n" for text in texts)))
    assert found["x"] == values


@pytest.mark.parametrize("place", [0, 50, 99])
def test_one_zero_in_front_anywhere_makes_the_column_text(tmp_path, monkeypatch, place):
    monkeypatch.setattr("ingest.readers.csv.BLOCK_BYTES", 64)
    texts = [f"{row + 100}" for row in range(100)]
    texts[place] = "0099"
    found = read(write(tmp_path, "x,y\r\n" + "".join(f"{text},1\r\n" for text in texts)))
    assert found["x"] == texts


def test_texts_that_mean_null_do_not_hide_zeros_in_front(tmp_path):
    options = ReadOptions(runner=ThreadRunner(1), null_texts={"x": ("00",)})
    assert read(write(tmp_path, "x,y\n00,1\n7,2\n"), options=options)["x"] == [None, 7]
    assert read(write(tmp_path, "x,y\n00,1\n07,2\n"), options=options)["x"] == [None, "07"]


def test_a_column_kept_as_text_is_said_and_its_type_can_be_given(hub, tmp_path):
    path = write(tmp_path, "ra,dec,code\n1,2,007\n3,4,08\n")
    made = hub.ingest(path)
    assert made.column("code") == ["007", "08"]
    assert "column code: kept as text" in made.said
    numbers = hub.ingest(
        path, version="2.0", notes=notes_from({"columns": {"code": {"type": "smallint"}}})
    )
    assert numbers.column("code") == [7, 8]
    assert "kept as text" not in numbers.said


_FIELDS = st.sampled_from(["7", "07", "+7", "-7", "1.5", "0", "", "nan", "1e5", " 08", "a", "0x2"])


@given(rows=st.lists(st.tuples(_FIELDS, _FIELDS, _FIELDS), min_size=1, max_size=20))
def test_spellings_do_not_depend_on_cuts_quotes_and_line_ends(rows):
    def seen(written):
        text = io.StringIO(newline="")
        python_csv.writer(text, **written).writerows(rows)
        return spellings(text.getvalue().encode(), ",", 3)

    expected = [
        Spelling(
            is_marked=any(re.match(r" *(\+\d|-?0[\dx])", field) for field in column),
            has_fractions=any(set(field) & set(".eE") for field in column),
        )
        for column in zip(*rows, strict=True)
    ]
    assert seen({"lineterminator": "\n"}) == expected
    assert seen({"quoting": python_csv.QUOTE_ALL}) == expected


def test_types_can_be_given(hub, tmp_path):
    path = write(tmp_path, "ra,dec,code\n1,2,007\n3,4,08\n")
    notes = notes_from({"columns": {"code": {"type": "varchar"}}})
    assert hub.ingest(path, notes=notes).column("code") == ["007", "08"]


def test_a_value_that_does_not_fit_the_given_type_is_named(hub, tmp_path):
    path = write(tmp_path, "ra,dec,code\n1,2,7\n3,4,x\n")
    notes = notes_from({"columns": {"code": {"type": "bigint"}}})
    with pytest.raises(InputError, match="'x'") as caught:
        hub.ingest(path, notes=notes)
    assert caught.value.where == f"{path}, row 2, column code"


@pytest.mark.parametrize("place", [0, 1, 700, 999])
def test_a_value_that_does_not_fit_is_named_also_beside_texts_that_mean_null(hub, tmp_path, place):
    texts = ["NA" if row % 3 else str(row) for row in range(1000)]
    texts[place] = "abc"
    path = write(tmp_path, "ra,dec,m\n" + "".join(f"1,2,{text}\n" for text in texts))
    notes = notes_from({"columns": {"m": {"type": "integer", "null_values": ["NA"]}}})
    with pytest.raises(InputError, match="'abc'") as caught:
        hub.ingest(path, notes=notes)
    assert caught.value.where == f"{path}, row {place + 1}, column m"
    assert hub.is_empty()


def test_utf16_is_refused_with_a_way_out(hub, tmp_path):
    with pytest.raises(InputError, match="UTF-16") as caught:
        hub.ingest(write(tmp_path, "ra,dec\n1,2\n".encode("utf-16")))
    assert "iconv" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "row"), [("a,b\n1,2\n3\n", 2), ("a,b\n1,2,3\n", 1), ("a,b\n\n1,2\n4,5\n6,7,8\n", 3)]
)
def test_ragged_rows_are_named(hub, tmp_path, text, row):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match="fields") as caught:
        hub.ingest(path)
    assert caught.value.where == f"{path}, row {row}"
    assert hub.is_empty()


def test_ragged_rows_are_counted_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.readers.csv.BLOCK_BYTES", 100)
    text = "a,b\n" + "1,2\n" * 500 + "1\n" + "1,2\n" * 500
    with pytest.raises(InputError, match="Row 501 "):
        CSV.open(write(tmp_path, text), OPTIONS)


def test_an_endless_quote_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks_module, "LONGEST_RECORD", 1000)
    monkeypatch.setattr("ingest.readers.csv.BLOCK_BYTES", 100)
    text = 'a,b\n1,2\n3,"x\n' + "4,5\n" * 1000
    with pytest.raises(InputError, match="Row 2 "):
        CSV.open(write(tmp_path, text), OPTIONS)


def test_a_quote_that_is_never_closed_swallows_no_rows(hub, tmp_path):
    path = write(tmp_path, 'id,ra,dec,s\n1,1,2,a\n2,1,2,"abc\n3,2,3,x\n')
    with pytest.raises(InputError, match=r"row 2 of .* is never closed"):
        hub.ingest(path)


@pytest.mark.parametrize("text", ["1,2\n3,4\n", "# only\n"])
def test_a_file_without_column_names_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        CSV.open(write(tmp_path, text), OPTIONS)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)


@given(rows=st.lists(st.tuples(cells, cells), max_size=30), block=st.integers(16, 200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_blocks_cut_between_records_only(tmp_path, rows, block):
    text = io.StringIO()
    writer = python_csv.writer(text, lineterminator="\n", quoting=python_csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    path = write(tmp_path, text.getvalue())
    dialect = Dialect(delimiter=",", names=("a", "b"), start=len(b'"a","b"\n'))
    made = list(blocks(path, dialect, block))
    assert sum(part.records for part in made) == len(rows)
    read_back = [
        tuple(row)
        for part in made
        for row in python_csv.reader(io.StringIO(part.content.decode(), newline=""))
    ]
    assert read_back == rows


def test_utc_is_assumed_and_said(hub, tmp_path):
    path = write(tmp_path, "ra,dec,t\n1,2,2020-01-02T03:04:05\n")
    done = hub.ingest(path)
    assert done.column("t") == [datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)]
    assert "taken as UTC" in done.said


def test_blanks_between_columns_are_refused(tmp_path):
    with pytest.raises(InputError, match="parted by none") as caught:
        CSV.open(write(tmp_path, "ra dec x\n1 2 3\n", "t.txt"), OPTIONS)
    assert "Table.read('t.txt', format='ascii').write('t.csv')" in caught.value.hint
