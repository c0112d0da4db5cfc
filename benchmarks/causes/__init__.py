"""A benchmark of root-cause attribution on simulated escalations with planted causes; see README.md."""

import os

# One thread a worker: set before numpy is first imported.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
