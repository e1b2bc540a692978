"""A counting experiment's limit on the WIMP-nucleon cross-section.

``recoil`` and ``counting`` are the science; ``rate``, ``limit`` and ``figure`` are the steps of
``workflow/main.cwl``, which runs each of them as a script.
"""
