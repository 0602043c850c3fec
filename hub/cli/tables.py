"""Text tables for people, as the commands print them."""

from collections.abc import Sequence


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: str = "") -> str:
    """Return rows as columns of text under a header line.

    Parameters
    ----------
    right
        One letter per column, ``r`` for columns that are flush right (numbers).
    """
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(header))]
    flush = right.ljust(len(header), "l")
    return "".join(
        "  ".join(
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, width, side in zip(line, widths, flush, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )
