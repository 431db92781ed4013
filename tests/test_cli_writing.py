"""``allow-writing`` and ``show given``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.letters import Addressee, Letter, Purpose, State
from klout_tui.domain.model import Post, PostKind
from klout_tui.networks.writing import Writer
from klout_tui.store.store import Store
from tests import secrets
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.quill import Board

ADA = "village:ada@town.example"
TOWN_ADA = "town:ada@town.example"


class Village(Town):
    """Town under another name, where programs may write."""

    name: ClassVar[str] = "village"
    writes: ClassVar[Writer | None] = Board()


@pytest.fixture
def shell(clock: FrozenClock) -> Shell:
    return Shell(clock)


def test_where_nothing_can_be_written_it_says_what_happens_instead(shell: Shell) -> None:
    shell("link", "town", "@ada")
    result = shell("allow-writing", "ada")
    assert result.exit_code == 2
    assert "cannot write on Town" in result.stderr
    assert "copied" in result.stderr


def test_a_token_is_read_from_stdin_and_the_past_allows_nothing(
    clock: FrozenClock, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from klout_tui.domain.model import Account

    class Named(Village):
        async def verify(self, request, client, now):  # type: ignore[no-untyped-def]
            import msgspec

            found = await super().verify(request, client, now)
            account: Account = msgspec.structs.replace(found.account, id=ADA, network="village")
            return type(found)(account, found.profile, found.capabilities)

    shell = Shell(clock, Named())
    assert shell("link", "village", "@ada").exit_code == 0
    assert shell("allow-writing", "ada", "--token-stdin", stdin=secrets.TOWN_TOKEN).exit_code == 1
    result = shell("allow-writing", "ada", "--token-stdin", stdin=secrets.WRITE_TOKEN)
    assert result.exit_code == 0, result.output
    assert "may write as @ada@town.example what you send" in result.stdout
    assert "Town lets programs write" in result.stderr
    assert secrets.found_in(result.output) == []
    with Store.open(home / "store", clock=clock) as store:
        assert store.writing(ADA) is not None
    assert shell("--as-of", "2026-11-01", "allow-writing", "ada", "--off").exit_code == 2
    assert "writes no more" in shell("allow-writing", "ada", "--off").stdout
    with Store.open(home / "store", clock=clock) as store:
        assert store.writing(ADA) is None


def test_what_was_given_is_shown(shell: Shell, clock: FrozenClock, home: Path) -> None:
    assert "g on a person" in shell("show", "given").stderr
    shell("link", "town", "@ada")
    with Store.open(home / "store", clock=clock) as store:
        for number, state in enumerate((State.SENT, State.UNKNOWN)):
            letter = Letter(
                key=f"{number:032x}",
                account="town:ada@town.example",
                purpose=Purpose.GIVING,
                text="+K about python",
                at=clock() - timedelta(days=number),
                to=(Addressee(key="k", handle="@bo@town.example", name="Bo"),),
                topic="python",
            )
            store.intend(letter)
            if state is State.SENT:
                sent = msgspec.structs.replace(
                    letter, state=state, sent_id="https://town.example/1", url="https://t.example/1"
                )
                store.settle_letter(sent)
        thanks = Letter(key="f" * 32, account="town:ada@town.example", purpose=Purpose.THANKS, text="Hi", at=clock())
        store.intend(thanks)
    found = shell.json("show", "given")
    assert [each["state"] for each in found["given"]] == ["sent", "sending"]
    assert found["given"][0] == {
        "id": "https://town.example/1",
        "purpose": "giving",
        "at": "2026-11-23T08:15:22Z",
        "to": [{"key": "k", "handle": "@bo@town.example", "name": "Bo"}],
        "account": "town:ada@town.example",
        "network": "town",
        "topic": "python",
        "thanks_for": [],
        "text": "+K about python",
        "state": "sent",
        "said": None,
        "url": "https://t.example/1",
    }
    assert found["given"][1]["text"] is None, "what is not known to be there is hers alone"
    everything = shell.json("show", "given", "--include-private")["given"]
    assert [each["text"] for each in everything] == ["+K about python", "+K about python"]
    assert len(shell.json("show", "given", "--since", "today")["given"]) == 1
    assert "python" in shell("show", "given").stdout


@pytest.mark.parametrize("state", [State.REFUSED, State.MISSING, State.DELETED])
def test_what_did_not_go_out_or_was_taken_back_stays_inside(
    shell: Shell, clock: FrozenClock, home: Path, state: State
) -> None:
    shell("link", "town", "@ada")
    with Store.open(home / "store", clock=clock) as store:
        letter = Letter(
            key="0" * 32, account=TOWN_ADA, purpose=Purpose.GIVING, text="A draft", at=clock(), topic="python"
        )
        store.intend(letter)
        store.settle_letter(msgspec.structs.replace(letter, state=state))
    assert [each["text"] for each in shell.json("show", "given")["given"]] == [None]
    assert "A draft" not in shell("show", "given").output
    assert shell.json("show", "given", "--include-private")["given"][0]["text"] == "A draft"


def test_what_only_followers_may_read_stays_inside(shell: Shell, clock: FrozenClock, home: Path) -> None:
    shell("link", "town", "@ada")
    with Store.open(home / "store", clock=clock) as store:
        letter = Letter(key="0" * 32, account=TOWN_ADA, purpose=Purpose.GIVING, text="For friends", at=clock())
        store.intend(letter)
        store.settle_letter(msgspec.structs.replace(letter, state=State.SENT, sent_id="https://town.example/1"))
        post = Post(
            id="https://town.example/1",
            account=TOWN_ADA,
            kind=PostKind.STATUS,
            at=clock(),
            text="For friends",
            public=False,
        )
        store.absorb(Batch(account=TOWN_ADA, cursor={}, posts=(post,)))
    assert shell.json("show", "given")["given"][0]["text"] is None
