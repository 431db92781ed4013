"""The four panes of the first screen, one file each."""
