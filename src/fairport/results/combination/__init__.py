"""Likelihoods of several results combined: scans, joint profiles, nuisance parameters, the new record."""
