"""Excluded region of a simplified model with a mediator, from a collider's limit or contour.

``mediator`` and ``exclusion`` are the science, ``records`` writes tables; ``region``, ``relic`` and
``figure`` are the steps of ``workflow/main.cwl``, which runs each of them as a script.
"""
