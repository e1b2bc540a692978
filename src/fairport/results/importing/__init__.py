"""Foreign tables become result records: reading, choosing columns, seeing the shape of the points."""
