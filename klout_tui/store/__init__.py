"""What is kept, and the only code that knows how it lies on disk (TinyDB files and a journal)."""

from klout_tui.store.absorb import Absorbed
from klout_tui.store.store import Store

__all__ = ["Absorbed", "Store"]
