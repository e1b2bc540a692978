"""The catalogue: registry, harvest, pages, combined plots and machine-readable exports.

    from fairport.catalog import init_catalogue, add_entry, harvest, build
    init_catalogue(Path("catalogue")); add_entry(Path("catalogue"), "my-analysis")
    harvest(Path("catalogue")); build(Path("catalogue"))

No code of a harvested repository is ever executed.
"""
