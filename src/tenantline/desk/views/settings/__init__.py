"""Settings: one file per page. What a role may not change it may not post; see ``staff.rules``."""
