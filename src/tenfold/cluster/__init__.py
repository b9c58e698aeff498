"""The cluster room: the same verbs over a Ray cluster. It sits on top; only the command line calls it.

`connected` gives a cluster whose `map` stands in for the builtin one where `compare` and `tune` take it;
`read_in_parts` reads any number of pictures into a folder of parts with a manifest: first `plan_parts`, which needs no
cluster, then `read_planned`.
"""

from tenfold.cluster.parts import plan_parts, read_in_parts, read_planned
from tenfold.cluster.ray_cluster import Cluster, connected

__all__ = ["Cluster", "connected", "plan_parts", "read_in_parts", "read_planned"]
