"""When things happen: one durable workflow for each stage, the same names as in ``domain``.

Nothing is imported here: each workflow that begins, or is brought back, imports its own module anew in the sandbox.
"""
