"""Fairport: scaffold, check, run and publish FAIR dark-matter analyses."""
