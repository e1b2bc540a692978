"""Fairport: scaffold, check, run and publish FAIR dark-matter analyses."""

__version__ = "0.1.0"
