from hypothesis import given
from hypothesis import strategies as st

from hub.results.names import ascii_names, output_names, renamed, unique, xml_ids
from hub.tables.description import ColumnDescription


def columns(*originals: str) -> tuple[ColumnDescription, ...]:
    return tuple(
        ColumnDescription(name=f"c{i}", original_name=name, type="double")
        for i, name in enumerate(originals)
    )


def test_original_names_are_given_back() -> None:
    assert output_names(columns("[Fe/H]", "select", "RA (deg)")) == (
        "[Fe/H]",
        "select",
        "RA (deg)",
    )


def test_a_derived_column_has_its_sql_name() -> None:
    assert output_names(columns("", "x")) == ("c0", "x")


def test_a_suffix_takes_no_later_name() -> None:
    assert output_names(columns("a", "a", "a_2", "a")) == ("a", "a_3", "a_2", "a_4")


def test_renamed_columns_are_listed() -> None:
    assert renamed(columns("a", "b"), ("a", "b")) == ()
    (sentence,) = renamed(columns("a", "a"), ("a", "a_2"))
    assert "a is called a_2" in sentence


@given(st.lists(st.text(max_size=4), max_size=12), st.booleans())
def test_names_are_unique_and_the_first_of_each_keeps_its_own(
    names: list[str],
    ignore_case: bool,
) -> None:
    fold = str.casefold if ignore_case else str
    result = unique(names, ignore_case=ignore_case)
    assert len({fold(name) for name in result}) == len(names)
    seen: set[str] = set()
    for name, given_back in zip(names, result, strict=True):
        if fold(name) not in seen:
            assert given_back == name
        seen.add(fold(name))


@given(st.lists(st.text(max_size=6), max_size=8))
def test_fits_names_are_printable_ascii(names: list[str]) -> None:
    result = ascii_names(columns(*names))
    assert all(name.isascii() and name.isprintable() and name for name in result)
    assert len({name.lower() for name in result}) == len(names)


@given(st.lists(st.text(min_size=1, max_size=6), max_size=8))
def test_ids_are_xml_names(names: list[str]) -> None:
    described = tuple(
        ColumnDescription(name=name, original_name=name, type="double") for name in names
    )
    for id_ in xml_ids(described):
        assert id_.isascii()
        assert id_[0].isalpha() or id_[0] == "_"
        assert all(letter.isalnum() or letter in "_.-" for letter in id_)
