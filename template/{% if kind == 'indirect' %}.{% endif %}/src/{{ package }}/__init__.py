"""Gamma rays from dwarf galaxies: a joint likelihood and its limit on dark-matter annihilation.

``spectra`` and ``dwarfs`` are the science, ``records`` writes tables; ``photons``, ``likelihood``, ``limit``
and ``figure`` are the steps of ``workflow/main.cwl``, which runs each of them as a script.
"""
