"""One module a kind of page: each turns the catalogue into the values of a template in ``site/pages``."""
