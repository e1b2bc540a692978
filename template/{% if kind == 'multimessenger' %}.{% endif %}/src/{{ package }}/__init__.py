"""Hadronic fraction of a gamma-ray source from a gamma-ray and a neutrino telescope.

``scans`` and ``intervals`` are the science, ``records`` writes tables; ``scan``, ``interval`` and ``figure``
are the steps of ``workflow/main.cwl``, which runs each of them as a script.
"""
