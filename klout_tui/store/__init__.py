"""What is kept, and the only code that knows how it lies on disk (TinyDB files and a journal)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from klout_tui.store.absorb import Absorbed
    from klout_tui.store.store import Store

__all__ = ["Absorbed", "Store"]


def __getattr__(name: str) -> Any:
    """The store itself at its first use: a prompt asks for ``glance`` many times a day and needs nothing else."""
    if name == "Store":
        from klout_tui.store.store import Store

        return Store
    if name == "Absorbed":
        from klout_tui.store.absorb import Absorbed

        return Absorbed
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
