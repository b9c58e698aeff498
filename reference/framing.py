"""`python -m reference.framing` writes the framing's graph, after a change of `tenfold.exporting.framing`."""

from tenfold.exporting.picture_onnx import FRAMING_FILE, exported_framing

if __name__ == "__main__":
    FRAMING_FILE.write_bytes(exported_framing().SerializeToString())
