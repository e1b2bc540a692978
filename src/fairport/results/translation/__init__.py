"""Results brought from one plane to another: the same parameter, models of mediators, the axion, the CMB."""
