"""The scaling room: the same verbs over a Ray cluster. It sits on top; only the command line calls it.

`connected` gives a cluster whose `map` stands in for the builtin one where `compare` and `tune` take it;
`read_in_parts` reads any number of pictures into a folder of parts with a manifest.
"""

from tenfold.scaling.cluster import Cluster, connected
from tenfold.scaling.parts import read_in_parts

__all__ = ["Cluster", "connected", "read_in_parts"]
