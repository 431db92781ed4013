"""When to post, from when her own people act. After Klout's When-to-Post study (arXiv 1506.02089).

``advice`` asks the questions in order; ``docs/timing.md`` tells the method.
"""
