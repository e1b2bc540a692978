"""Foreign formats and foreign tools: one module each."""
