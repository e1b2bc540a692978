"""Data for the interactive part of the pages."""
