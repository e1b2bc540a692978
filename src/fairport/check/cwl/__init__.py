"""CWL as far as it can be understood without running anything."""
