"""web: a folder for any static host, whose page reads drawings in the browser with onnxruntime-web: no server.

folder (what is in it), runtime (onnxruntime-web from npm), node (the check); api.js and occlusion.js go into the folder
beside the drawing page's own files.
"""

from tenfold.formats.reader_onnx import expected
from tenfold.formats.web.folder import write

__all__ = ["expected", "write"]
