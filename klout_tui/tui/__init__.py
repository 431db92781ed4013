"""The Textual app: one view value down, messages up."""
