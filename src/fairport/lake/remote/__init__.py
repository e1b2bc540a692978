"""What runs in the isolated environment of rucio-clients: nothing but the standard library and Rucio."""
