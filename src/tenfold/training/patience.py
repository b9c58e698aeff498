"""How long a thread spins while it waits for the others. Must be loaded before torch, whose OpenMP reads it once.

After every operation OpenMP's threads wait for the slowest. By default they spin for milliseconds first, which is
fine on an idle machine and ruinous on a busy one: the spinning thread burns the processor that the awaited one
needs. A step of `compact` beside another busy process took 290 ms so, against 28 ms with this bound; alone it took
7 ms with either.
"""

import os

_SPINS = "1000"

if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
