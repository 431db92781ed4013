"""The score: from who turned up (``domain.turnout``) to a number that explains itself to the last digit.

model       the values of a scoring model, read from TOML
gauge       the formula: sums of one moment to factors, points and score
tallies     the sums of one moment, per account and in whole
course      all of the past gone through once, day by day
attendance  which days are known at all
standing    how much a score rests on
usual       the normal range, by resampling weeks
explain     what a score and a change are made of
outlook     what fades over the next week, and what would move it most
behind      the people and posts behind a part
comparing   two models side by side
wording     all of it in plain sentences
"""
