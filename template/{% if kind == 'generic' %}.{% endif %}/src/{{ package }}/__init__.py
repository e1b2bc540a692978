"""One simulated search as a pattern for any other: an axion haloscope.

``haloscope`` is the science, ``records`` writes tables; ``exclude`` and ``figure`` are the steps of
``workflow/main.cwl``, which runs each of them as a script.
"""
