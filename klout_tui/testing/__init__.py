"""For whoever writes a network: the contract as tests, and recorded answers to run it against.

    from klout_tui.testing import NetworkContract

    class TestAviary(NetworkContract):
        network = Aviary()
        request = LinkRequest(target="wren@aviary.example")
        recordings = Path(__file__).parent / "recordings"

Nothing here imports pytest; any runner that collects classes with ``test_…`` methods will do.
See ``docs/writing-a-network.md``.
"""

from klout_tui.testing.contract import NetworkContract
from klout_tui.testing.recording import Recording, Replay
from klout_tui.testing.shelf import ContractBroken
from klout_tui.testing.writing import WriterContract

__all__ = ["ContractBroken", "NetworkContract", "Recording", "Replay", "WriterContract"]
