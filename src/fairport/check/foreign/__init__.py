"""Formats of other communities, as schemas that we wrote from their specifications."""
