"""What runs in the isolated environment of rucio-clients; imports nothing but the standard library and Rucio."""
