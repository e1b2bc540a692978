"""Figures of planes, results and histories."""
