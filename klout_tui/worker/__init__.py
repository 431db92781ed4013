"""The background worker: what is due, in what order, with what back-off. Knows no Textual."""
