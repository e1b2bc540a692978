"""The catalogue: registry, harvest, pages, combined plots and machine-readable exports.

    from fairport.catalog.registry import add_entry, init_catalogue
    from fairport.catalog.harvest import harvest
    from fairport.catalog.build import build

No code of a harvested repository is ever executed.
"""
