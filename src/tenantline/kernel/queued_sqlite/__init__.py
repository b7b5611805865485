"""Django's SQLite backend, whose writers queue (``kernel.turns``). Named by ``ENGINE``."""
