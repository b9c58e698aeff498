"""web: a folder for any static host, whose page reads pictures in the browser with onnxruntime-web: no server.

folder (what is in it), runtime (onnxruntime-web from npm), node (the check), numbers (what JavaScript is handed over).
api.js, networks.js and occlusion.js go into the folder beside the drawing page's own files; with them reading/, which
reads pages, or single.js, which reads one thing at a time.
"""

from tenfold.formats.reader_onnx import expected
from tenfold.formats.web.folder import write

__all__ = ["expected", "write"]
