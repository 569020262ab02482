"""Templates: ``{{ expression }}`` in the scalars of ``then``: checked when loaded, filled in at each answer."""
