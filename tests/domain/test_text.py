"""Hostile text changes nothing but its own cell."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.text import clean, clean_line, html_to_text, safe_url

ESC = "\x1b"


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        (f"{ESC}[31mred{ESC}[0m", "red"),
        (f"{ESC}]0;owned\x07title", "title"),
        (f"{ESC}]8;;https://evil.example{ESC}\\click{ESC}]8;;{ESC}\\", "click"),
        (f"{ESC}P1$r0m{ESC}\\dcs", "dcs"),
        ("\x9b31mc1", "c1"),
        ("\x9d0;osc in one byte\x9cafter", "after"),
        ("a\u202eevil\u202cb", "aevilb"),
        ("zero\u200bwidth\u2060\ufeff", "zerowidth"),
        ("z" + "\u0301" * 500, "ź\u0301\u0301\u0301"),
        ("👩\u200d👩\u200d👧", "👩👩👧"),
        ("❤\ufe0f", "❤"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("a\u2028b", "a\nb"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("[/] [@click=app.quit]x[/]", "[/] [@click=app.quit]x[/]"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        (ESC, ""),
    ],
)
def test_hostile_text_becomes_harmless(hostile: str, harmless: str) -> None:
    assert clean(hostile, 1000) == harmless


@given(st.text(), st.integers(1, 50))
def test_nothing_a_terminal_obeys_survives(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    for character in cleaned:
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
        assert not 0x202A <= ord(character) <= 0x202E
        assert not 0x2066 <= ord(character) <= 0x2069
    assert "\n" not in clean_line(text, limit)


_EMOJI = st.text(st.sampled_from("a5👩👧❤🏳🌈↔🏽\u200d\ufe0f\u20e3\u202e\u200b\u0301 \n…"), max_size=30)


@given(st.text(max_size=200) | _EMOJI, st.booleans())
def test_cleaning_twice_changes_nothing(text: str, emoji: bool) -> None:
    once = clean(text, 500, emoji=emoji)
    assert clean(once, 500, emoji=emoji) == once


@pytest.mark.parametrize(
    "whole",
    [
        "👨‍👩‍👧‍👦",
        "❤️",
        "❤️‍🔥",
        "👍🏽",
        "🧑🏽‍🚀",
        "🏳️‍🌈",
        "1️⃣",
        "🇩🇪",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "🙂‍↔️",
        "a ☀️ day ✈️",
    ],
)
def test_emoji_of_her_own_stay_whole(whole: str) -> None:
    assert clean_line(whole, 100, emoji=True) == whole


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("1\u200d2", "12"),
        ("👩\u200d", "👩"),
        ("\u200d👩\u200d\u200d👧", "👩👧"),
        ("a\ufe0f\u202e👩\u202c", "a👩"),
        ("x🏽", "x"),
        ("🏴\U000e0061\U000e0062\U000e007f", "🏴"),
        (f"{ESC}[31m❤️{ESC}[0m", "❤️"),
    ],
)
def test_nothing_else_hides_among_them(hostile: str, harmless: str) -> None:
    assert clean_line(hostile, 100, emoji=True) == harmless


@given(_EMOJI, st.integers(1, 8))
def test_a_cut_leaves_no_joiner_behind(text: str, limit: int) -> None:
    cut = clean(text, limit, emoji=True)
    assert len(cut) <= limit
    assert "\u200d…" not in cut
    assert not cut.endswith("\u200d")


def test_ten_megabytes_are_cut_to_the_limit() -> None:
    assert clean("é" * 10_000_000, 100) == "é" * 99 + "…"
    assert len(html_to_text("<p>" + "a" * 10_000_000)) <= 200_000


@pytest.mark.parametrize("unit", ["<a ", "<a b=", "<a href='", "<p/", "<!--", "</", "<?", "<", "&", "<![CDATA["])
def test_html_that_is_never_finished_costs_no_more_than_other_html(unit: str) -> None:
    begun = time.process_time()
    html_to_text(unit * (200_000 // len(unit)))
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("Caf&eacute; &amp; cr&#232;me", "Café & crème"),
        ("<script>alert(1)</script>seen<style>p{}</style>", "seen"),
        ('<a href="https://x.example"><span class="invisible">https://</span>x.example</a>', "https://x.example"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("unclosed <b>bold", "unclosed bold"),
        ("a < b and c > d", "a < b and c > d"),
        ('fine <img alt="🐍" src="https://x.example/s.png"/> thing <img src="y.png">', "fine 🐍 thing"),
        ("<h1>Title</h1>body", "Title\n\nbody"),
        ("I <3 it, a<b, <", "I <3 it, a<b, <"),
        ("kept <a href='x", "kept <a href='x"),
        ("one<!-- <p>not this</p> -->two<!-- never closed> three", "onetwo three"),
        ("<!DOCTYPE html><?php x ?>said", "said"),
        ("<IMG ALT='a > b' src=x/y>!", "a > b!"),
        ("<img alt=Sun/rise>", "Sun/rise"),
        ("<img = alt ='x' alt='y'>", "x"),
        ("<style>a > b", ""),
        ("<textarea><b>kept</b> &amp; so</textarea>", "<b>kept</b> & so"),
        ("<template>a<noscript>b</noscript>c</template></head>d", "d"),
    ],
)
def test_html_reads_as_a_person_reads_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("https://a.example/\x1b]0;x\x07", ""),
        ("https://a.example/x y", ""),
        ("https://[broken", ""),
        ("not a url", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_pass(url: str, safe: str) -> None:
    assert safe_url(url) == safe
