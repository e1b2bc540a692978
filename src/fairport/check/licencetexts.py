"""Which licence a text is: the shared recogniser of the contract."""

from __future__ import annotations

from fairport.contract.licencetexts import licence_of, same_licence

__all__ = ["licence_of", "same_licence"]
