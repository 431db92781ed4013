"""Small reusable parts that know nothing of klout-tui's nouns."""
