"""One adapter per network. ``base`` is the contract, ``registry`` finds adapters, ``http`` is their shared client."""
