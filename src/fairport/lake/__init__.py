"""The data lake: lock, pull, verify, push and inject data by DID, proven by checksums.

Rucio's client lives in an isolated tool environment; :mod:`fairport.lake.remote` runs there and talks to
:mod:`fairport.lake.link` in lines of JSON, so that the main environment stays light and the two never
share requirements.
"""
