"""The serving room: an HTTP API and a drawing page over one loaded model. It sits on top; nothing imports it.

`serve` runs it until it is told to stop; `create_app` is the ASGI application alone. Needs the 'serve' extra.
"""

from tenfold.serving.app import create_app
from tenfold.serving.server import serve
from tenfold.serving.settings import Settings

__all__ = ["Settings", "create_app", "serve"]
