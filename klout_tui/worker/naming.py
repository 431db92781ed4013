"""Which account is meant by what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from klout_tui.config import nearest
from klout_tui.domain.model import Account
from klout_tui.errors import UsageError


def find_account(typed: str, accounts: Sequence[Account]) -> Account:
    """The account with this id, or the only one whose id or handle begins so; the ``@`` in front is optional.

    Raises:
        UsageError: none is meant, with the nearest one as a hint, or several may be.
    """
    word = typed.strip()
    for account in accounts:
        if account.id == word:
            return account
    loose = word.casefold().removeprefix("@")
    exact = [account for account in accounts if loose in _names(account)]
    begun = [account for account in accounts if any(name.startswith(loose) for name in _names(account))]
    found = exact or (begun if loose else [])
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(account.id for account in found)
        raise UsageError(f'"{typed}" may be any of {several}', hint="Type more of it.")
    raise UsageError(f'no linked account is called "{typed}"', hint=_hint(word, accounts))


def _names(account: Account) -> tuple[str, ...]:
    """Every form it may be typed in, folded, without a leading ``@``."""
    whole = account.id.casefold()
    return whole, whole.partition(":")[2].removeprefix("@"), account.handle.casefold().removeprefix("@")


def _hint(word: str, accounts: Sequence[Account]) -> str:
    if not accounts:
        return "Nothing is linked yet: klout-tui link."
    guess = nearest(word, [account.id for account in accounts] + [account.handle for account in accounts])
    if guess is not None:
        return f'Did you mean "{guess}"?'
    return f"Linked: {', '.join(account.id for account in accounts)}."
