"""Tables measured in cells."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from klout_tui.output.table import FREE_WIDTH, Column, fit, render

COLUMNS = (Column("name", least=4), Column("count", right=True), Column("text", least=6))


def test_columns_line_up_by_cells() -> None:
    lines = render(COLUMNS, [("日本語", "7", "one"), ("Ann", "1,204", "two"), ("👩‍🚀", "", "x")], None)
    assert lines[0] == "name    count  text"
    starts = {cell_len(line[: line.index(word)]) for line, word in zip(lines[1:], ["one", "two", "x"], strict=True)}
    assert len(starts) == 1
    assert "  1,204  two" in lines[2]


@pytest.mark.parametrize("width", [20, 24, 40, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rows = [("n" * 60, "12", "日本" * 80), ("a", "1", "short")]
    lines = render(COLUMNS, rows, width)
    assert all(cell_len(line) <= width for line in lines)
    assert all("…" in line for line in lines[1:2])


def test_the_widest_column_gives_way_first() -> None:
    lines = render(COLUMNS, [("short", "12", "long " * 30)], 40)
    assert "short  " in lines[1]
    assert lines[1].endswith("…")


def test_room_enough_cuts_nothing() -> None:
    lines = render(COLUMNS, [("name that is long", "12", "text of some length")], 80)
    assert "name that is long" in lines[1]
    assert lines[1].endswith("text of some length")


def test_without_a_terminal_only_floods_are_cut() -> None:
    line = render(COLUMNS, [("n", "1", "word " * 10_000)], None)[1]
    assert FREE_WIDTH <= cell_len(line) < FREE_WIDTH + 20


@pytest.mark.parametrize(
    "hostile",
    [
        "[/]",
        "[bold]x[/bold]",
        "[@click=app.quit]x[/]",
        "\x1b]0;owned\x07x",
        "\x1b[31mred",
        "\x9b31mred",
        "a\u202eb",
        "line\nbreak\ttab\rback",
        "z" + "\u0301" * 500,
        "\u200b\u200b\u2066",
        "x" * 1_000_000,
    ],
)
def test_hostile_text_stays_in_its_cell(hostile: str) -> None:
    lines = render(COLUMNS, [(hostile, "1", hostile), ("calm", "22", "same")], 60)
    assert len(lines) == 3
    assert all(cell_len(line) <= 60 for line in lines)
    assert all(character.isprintable() for line in lines for character in line)
    assert lines[2].startswith("calm")
    assert not any(character in "".join(lines) for character in "\x1b\u202e\u200b\u2066")


def test_markup_is_only_text() -> None:
    assert "[bold]x[/bold]" in render(COLUMNS, [("[bold]x[/bold]", "1", "")], 60)[1]


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_fitting(text: str, width: int, shown: str) -> None:
    assert fit(text, width) == shown


def test_one_long_name_does_not_push_everything_aside() -> None:
    columns = (Column("who", least=4, most=10), Column("text", least=6))
    assert render(columns, [("n" * 500, "words")], None)[1] == "n" * 9 + "…  words"
