"""A real Rucio on loopback, to try, to teach and to test: ``fairport data lab``."""
