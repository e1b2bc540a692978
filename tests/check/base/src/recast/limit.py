"""Upper limit of a counting experiment."""
