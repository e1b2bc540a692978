"""Results: planes, loading, words, citation and figures.

Modules are imported one by one; ``planes`` and ``fields`` need neither numpy nor matplotlib, so that a
check may use them.
"""
