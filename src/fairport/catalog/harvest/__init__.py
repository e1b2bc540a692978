"""Bringing in: repositories, collections and bundles, each read, checked and kept."""
