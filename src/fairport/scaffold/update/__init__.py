"""Updates to a later template: nothing is lost, everything is said.

Both releases of the template are rendered with the recorded answers; the difference between them is merged
into the repository file by file. See :mod:`fairport.scaffold.update.updating`.
"""
