"""E-mail: one folder of a mailbox, read-only. A mail she puts there counts as thanks.

``target`` reads what the user typed, ``linking`` finds the folder, ``reading`` runs a refresh; ``imap`` speaks to the
server and can say nothing but what reads, ``syntax`` reads its answers, ``mailname`` spells folders, ``mapping`` turns
the heads of mails into our nouns.
"""

from klout_tui.networks.email.adapter import Email

__all__ = ["Email"]
