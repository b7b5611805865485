"""The benchmark: the product's own processes under load, on both databases, in figures.

``run`` goes through ``measures``; each builds a ``site`` (an installation in a folder of its own)
and fills it by ``inside``, which is the only part that knows the rooms below.
"""

NAMES = ("webhooks", "dispatch", "live", "pages")
"""What can be measured, in this order."""
