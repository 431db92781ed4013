"""Which of her posts do better than her own usual, and which do worse: what to keep doing, what to do less.

``finding`` asks the questions in order; ``docs/habits.md`` tells the method.
"""
