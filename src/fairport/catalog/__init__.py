"""The catalogue: registry, harvest, pages, combined plots and machine-readable exports.

    from fairport.catalog.registry import add_entry, init_catalogue
    from fairport.catalog.harvest.harvesting import harvest
    from fairport.catalog.site.build import build

No code of a harvested repository is ever executed.
"""
