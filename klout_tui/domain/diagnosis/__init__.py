"""What changed, whether that is more than normal, and why. Pure; ``docs/diagnosis.md`` explains the method."""

from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.diagnose import Diagnosis, NoteEffect, diagnose
from klout_tui.domain.diagnosis.evidence import Evidence, Reach, Remark, reach
from klout_tui.domain.diagnosis.findings import Cause, Effect, Finding, PersonShown, PostShown, Sure
from klout_tui.domain.diagnosis.sequel import Aftermath, Came, aftermath
from klout_tui.domain.diagnosis.spans import Window, last_ripe, window
from klout_tui.domain.diagnosis.split import Aside, By, Part, Splits
from klout_tui.domain.diagnosis.verdict import Answer, Because, Verdict

__all__ = [
    "Aftermath",
    "Answer",
    "Aside",
    "Because",
    "Burst",
    "By",
    "Came",
    "Cause",
    "Diagnosis",
    "Effect",
    "Evidence",
    "Finding",
    "NoteEffect",
    "Part",
    "PersonShown",
    "PostShown",
    "Reach",
    "Remark",
    "Splits",
    "Sure",
    "Verdict",
    "Window",
    "aftermath",
    "diagnose",
    "last_ripe",
    "reach",
    "window",
]
