"""Tables of other communities: one module a format, text in, an :class:`ImportedTable` out, and back.

Readers say what a source states and list what they assume; they decide nothing about physics.
"""
