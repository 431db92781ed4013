"""Reading what people write: who says +K, about what, and how much is said."""

from __future__ import annotations

import pytest

from klout_tui.domain.praise import asks_known_topics, named_topic, says_plusk, sign, words

KNOWN = frozenset({"give-aways", "machinelearning"})


@pytest.mark.parametrize(
    "text",
    [
        "+K",
        "+k!",
        "you get a +k from me",
        "(+K)",
        "#plusK",
        "#PLUSK #python",
        "part 2 #plusk",
        "+k-means? No. +K",
        "＋Ｋ",
        "➕K",
        "➕\ufe0fk",
        "＃plusK",
        "素晴らしい+Kです",
        "#plusKありがとう",
        "+К!",
        "für dich: +Κ.",
        "+K, +K, +K",
    ],
)
def test_a_plusk_by_itself_is_one(text: str) -> None:
    assert says_plusk(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+k-means is nice",
        "80 +k a year",
        "5+k readers",
        "C++K",
        "+Kotlin",
        "+K2",
        "#pluskarma",
        "a#plusk",
        "https://x.example/?a=1&b=+k",
        "https://x.example/ +kay https://x.example/a+k/#plusk",
        "www.x.example/#plusk",
        "x.example/#plusk",
        "+Kilometer",
        "+kg",
        "+k_means",
        "+Кофе",
        "+к карме",
        "80 ＋K",
        "a+k",
        "1.5+K",
        "++K",
        "+ K",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert not says_plusk(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("+K about cooking, thanks", "cooking"),
        ("+k about #Textual!", "textual"),
        ("#plusK about rust", "rust"),
        ("+K about C++", "c++"),
        ("+K about C++!", "c++"),
        ("+K about C#.", "c#"),
        ("+K about node.js.", "node.js"),
        ("+K about .NET", ".net"),
        ("(+K about rust)", "rust"),
        ("+K about हिन्दी", "हिन्दी"),
        ("+K about بايثون، شكرا", "بايثون"),
        ("+K about “rust” :)", "rust"),
        ("+k for #Textual!", "textual"),
        ("+K in #give_aways", "give-aways"),
        ("+K on\n#rust", "rust"),
        ("+K about give aways", "give-aways"),
        ("+K about Machine Learning: yes", "machinelearning"),
        ("+K about deep learning", "deep"),
        ("+K about give. Aways", "give"),
        ("#plusK is back! +K about rust", "rust"),
        ("+K, about rust", "rust"),
        ("+K #rust", "rust"),
        ("#plusK: #rust", "rust"),
        ("+K für #Rust!", "rust"),
        ("+K sobre #rust", "rust"),
        ("+K за #раст", "раст"),
        ("+K for give_aways!", "give-aways"),
        ("+K: give_aways", "give-aways"),
        ("+K über give-aways", "give-aways"),
        ("+K give-aways.", "give-aways"),
        ("＋Ｋ about rust", "rust"),
    ],
)
def test_the_topic_it_names(text: str, topic: str) -> None:
    assert named_topic(text, lambda: KNOWN) == topic


@pytest.mark.parametrize(
    "text",
    [
        "about rust",
        "+K",
        "+K for helping me",
        "+K for this",
        "+k in January",
        "+K on the train",
        "+K about her",
        "+K about your post on rust",
        "+K about @bo@far.example",
        "+K about plusK",
        "+K about :)",
        "+K about 👏",
        "+K about https://x.example/rust thanks",
        "80 +k about rust",
        "+K for rust!",
        "+K rust",
        "+K give-aways this often are a joy",
        "+K für give-aways die ich mag",
    ],
)
def test_where_none_is_named_none_is_invented(text: str) -> None:
    assert named_topic(text, lambda: KNOWN) == ""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("well, +K about Python, thanks", "+K about Python"),
        ("#plusK", "#plusK"),
        ("you get a +k", "+k"),
        ("+k for  #rust!", "+k for #rust"),
        ("+K on the train", "+K"),
        ("#plusK! +K about rust.", "+K about rust"),
    ],
)
def test_the_words_that_gave_it(text: str, written: str) -> None:
    assert sign(text) == written


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("+K about give aways", True),
        ("+K for python!", True),
        ("+K", False),
        ("+K about python", False),
        ("+K for #python", False),
        ("+K for writing this down", False),
    ],
)
def test_the_known_topics_are_asked_only_where_they_matter(text: str, asks: bool) -> None:
    asked: list[bool] = []

    def known() -> frozenset[str]:
        asked.append(True)
        return KNOWN

    named_topic(text, known)
    assert asks_known_topics(text) is asks
    assert bool(asked) is asks


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one, two – three_four @you #tag https://x.example/a", 3),
        ("I don't know C++", 4),
        ("नमस्ते हिन्दी", 2),
        ("정말 도움이 많이 됐어요", 4),
        ("ありがとうございます", 3),
        ("これは本当に役に立ちました", 4),
        ("ขอบคุณมากครับ", 3),
        ("Python の本", 1),
        ("10 100 1,000", 0),
        ("👏 👏 👏 👏", 0),
    ],
)
def test_words_are_runs_with_a_letter(text: str, count: int) -> None:
    assert words(text) == count


def test_long_text_is_read_in_good_time() -> None:
    assert words("a " * 50_000) == 50_000
    assert not says_plusk("+" * 100_000 + " #plus" * 10_000)
