"""Figures of results: one scene of curves and labels, drawn as SVG for pages and by matplotlib for papers."""
