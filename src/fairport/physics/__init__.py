"""Pure functions over numbers and arrays: units, curves, geometry and notation.

Nothing in this room reads files, prints or knows documents; modules are imported one by one, so that a
start of the program never pays for a library it does not need.
"""
