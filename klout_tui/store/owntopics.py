"""Our own list of topics, from how it is written to how it is looked up: ``python -m klout_tui.store.owntopics``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from klout_tui.domain.ontology import packed, read_lines
from klout_tui.store.ontology import PACKED

WRITTEN: Final = Path(__file__).with_name("topics.txt")


def pack_own() -> bytes:
    """The list, packed."""
    return packed(read_lines(WRITTEN.read_text("utf-8")), {"source": "klout-tui", "licence": "MIT"})


if __name__ == "__main__":
    PACKED.write_bytes(pack_own())
