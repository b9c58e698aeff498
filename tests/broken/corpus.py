"""Broken and hostile files, made by `python -m tests.broken.corpus FOLDER`: one folder a kind of input.

Nothing here is stored in the repository: every file is a few bytes that a function writes, however much it claims.
"""

import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
from PIL import Image, ImageDraw

GIB = 2**30

Files = Iterator[tuple[str, bytes]]
"""Names and contents."""


def make(folder: Path) -> dict[str, list[Path]]:
    """Write every file; gives them by kind."""
    return {kind: written(folder / kind, files()) for kind, files in KINDS.items()}


def written(folder: Path, files: Files) -> list[Path]:
    """Write files into a folder; gives their paths."""
    paths = []
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


# --- what files are made of


def seven() -> bytes:
    """A PNG of a drawn seven: sound."""
    image = Image.new("L", (90, 110), 240)
    ImageDraw.Draw(image).line([(20, 20), (70, 20), (40, 90)], fill=20, width=9, joint="curve")
    return _saved(image, "PNG")


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def deflated_zeros(size: int) -> bytes:
    """Raw deflate of so many zeros, a multiple of a mebibyte, made in no time: one block, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size >> 20) + packer.flush()


def gzipped_zeros(size: int, start: bytes = b"") -> bytes:
    """A gzip file of start and then so many zeros; its checksum is wrong, which nobody should get to see."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08" + bytes(7) + head + deflated_zeros(size) + struct.pack("<II", 0, size & 0xFFFFFFFF)


def zipped(entries: dict[str, bytes]) -> bytes:
    """A zip of stored entries, whatever they are called."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def zip_bomb(name: str, start: bytes, size: int) -> bytes:
    """A zip of one entry that is start and then so many zeros, packed a thousandfold; from 4 GiB on it tells less."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH) + deflated_zeros(size)
    sizes = struct.pack("<III", 0, len(packed), (len(start) + size) & 0xFFFFFFFF)
    common = struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", len(name), 0)
    local = b"PK\3\4" + common + name.encode() + packed
    central = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def npy(header: str, content: bytes = b"") -> bytes:
    """A .npy with whatever its header says."""
    padded = header.ljust(118) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode() + content


def _npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _halves(content: bytes) -> list[tuple[str, bytes]]:
    """A file cut off at its start, in its middle, and a byte before its end."""
    return [("few", content[:7]), ("half", content[: len(content) // 2]), ("almost", content[:-1])]


# --- kinds of input


def idx() -> Files:
    """Test images of MNIST beside sound labels, unzipped, each in a data folder of its own: no hash guards these."""
    sizes = struct.pack(">III", 3, 28, 28)
    images, labels = b"\0\0\x08\x03" + sizes + bytes(3 * 784), b"\0\0\x08\x01" + struct.pack(">I", 3) + bytes(3)
    broken = {
        "empty": b"",
        "letters": b"<!DOCTYPE html><html>404</html>",
        "other-type": b"\0\0\x0d\x03" + images[4:],
        "no-dimensions": b"\0\0\x08\x00",
        "header-alone": images[:16],
        "cut-header": images[:9],
        "too-long": images + b"\0",
        "huge": b"\0\0\x08\x03" + b"\xff" * 12 + bytes(784),
        "huge-and-empty": b"\0\0\x08\x04" + b"\xff" * 12 + bytes(4),
        "many-dimensions": b"\0\0\x08\xff" + bytes(4 * 255),
        "no-pixels": b"\0\0\x08\x03" + struct.pack(">III", 3, 0, 28),
        "one-dimension": b"\0\0\x08\x01" + struct.pack(">I", 3) + bytes(3),
        "wide": b"\0\0\x08\x03" + struct.pack(">III", 1, 1, 200_000) + b"\xff" * 200_000,
        "gzip-of-gzip": _gzip(_gzip(images)),
        "gzip-bomb": gzipped_zeros(8 * GIB, images),
        "gzip-cut": _gzip(images)[:-20],
    }
    for name, content in broken.items():
        yield f"{name}/mnist/t10k-images-idx3-ubyte", content
        yield f"{name}/mnist/t10k-labels-idx1-ubyte", labels
    yield "labels-of-two-dimensions/mnist/t10k-images-idx3-ubyte", images
    no_columns = b"\0\0\x08\x02" + struct.pack(">II", 3, 0)
    yield "labels-of-two-dimensions/mnist/t10k-labels-idx1-ubyte", no_columns


def _gzip(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush()


def csv() -> Files:
    """Tables that are no table of labels and pixels."""
    row = ",".join(["0"] * 784)
    yield "empty.csv", b""
    yield "one-line.csv", b"label," + b",".join(b"pixel%d" % i for i in range(784))
    yield "words.csv", f"1,{row[:-1]}x\n".encode()
    yield "nan.csv", f"1,{row[:-1]}nan\n".encode()
    yield "infinite.csv", f"1,{row[:-1]}1e999\n".encode()
    yield "negative.csv", f"1,{row[:-1]}-1\n".encode()
    yield "huge-number.csv", f"1,{row[:-1]}{'9' * 6000}\n".encode()
    yield "huge-label.csv", f"{'9' * 400},{row}\n".encode()
    yield "nan-label.csv", f"nan,{row}\n".encode()
    yield "ragged.csv", f"1,{row}\n1,2\n".encode()
    yield "commas.csv", b"," * 10_000_000
    yield "latin.csv", f"é,{row}\n".encode("latin-1")
    yield "zeros.csv", bytes(100_000)
    yield "utf-16.csv", f"1,{row}\n".encode("utf-16")
    yield "a-row-only-of-quotes.csv", b'"' * 784 + f",{row}".encode()
    yield "formula.csv", f"=1+1,{row}\n".encode()


def npz() -> Files:
    """Archives of arrays that are none, hold too much, or hold objects."""
    images, labels = np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10
    sound = _npz(images=images, labels=labels)
    yield from ((f"{name}.npz", content) for name, content in _halves(sound))
    yield "empty.npz", b""
    yield "empty-zip.npz", zipped({})
    yield "objects.npz", _npz(images=np.array([{}, print], object), labels=labels)
    yield "nan.npz", _npz(images=np.full((20, 28, 28), np.nan), labels=labels)
    yield "infinite.npz", _npz(images=np.full((20, 28, 28), np.inf), labels=labels)
    yield "text.npz", _npz(images=np.full((20, 28, 28), "x"), labels=labels)
    yield "dates.npz", _npz(images=images.astype("M8[s]"), labels=labels)
    yield "complex.npz", _npz(images=images.astype(complex), labels=labels)
    yield "no-pixels.npz", _npz(images=np.zeros((20, 0, 28), np.uint8), labels=labels)
    yield "wide.npz", _npz(images=np.full((2, 1, 200_000), 255, np.uint8), labels=labels[:2])
    yield "no-images.npz", _npz(images=images[:0], labels=labels[:0])
    yield "nan-labels.npz", _npz(images=images, labels=np.full(20, np.nan))
    yield "negative-labels.npz", _npz(images=images, labels=labels - 1)
    yield "fewer-labels.npz", _npz(images=images, labels=labels[:5])
    yield "scalar.npz", _npz(images=np.uint8(1), labels=labels)
    yield "classes-with-escapes.npz", _npz(images=images, labels=labels % 2, classes=np.array(["a\x1b]0;x\a", "b"]))
    yield "nested.npz", zipped({"images.npy": sound, "labels.npy": sound})
    yield "climbing.npz", zipped({"../../outside.npy": npy("{}"), "/tmp/outside.npy": npy("{}")})
    yield "header-that-calls.npz", zipped({"images.npy": npy("__import__('os').system('touch called')")})
    huge = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 28, 28)}"
    yield "claims.npz", zipped({"images.npy": npy(huge % 10**15), "labels.npy": npy("{}")})
    yield "negative-shape.npz", zipped({"images.npy": npy(huge % -1)})
    yield "deep-header.npz", zipped({"images.npy": npy("(" * 9_000)})
    yield "bomb.npz", zip_bomb("images.npy", npy(huge % (3 * GIB // 784)), 3 * GIB)
    yield "bomb-that-lies.npz", zip_bomb("images.npy", npy(huge % (8 * GIB // 784)), 8 * GIB)


def pictures() -> Files:
    """Files that look like pictures."""
    image = Image.open(io.BytesIO(seven())).convert("RGB")
    for form in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "PDF"):
        content = _saved(image, form)
        yield from ((f"{form.lower()}-{name}.png", cut) for name, cut in _halves(content)[:2])
        yield f"{form.lower()}-start-alone.png", content[:16] + bytes(64)
    yield "empty.png", b""
    yield "letters.png", b"not a picture"
    yield "svg.png", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield "xxe.png", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    yield "postscript.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"
    yield "heic.png", b"\0\0\0\x18ftypheic" + bytes(200)
    yield "png-huge.png", _png(2**31 - 1, 2**31 - 1, b"")
    yield "png-bomb.png", _png(60_000, 60_000, zlib.compress(bytes(10**6)))
    yield "png-promises.png", _png(9_000, 9_000, zlib.compress(bytes(100)))
    yield "png-bomb-of-text.png", _png(5, 5, zlib.compress(bytes(30)), _chunk(b"zTXt", b"a\0\0" + _zlib_zeros(GIB)))
    yield "png-bomb-of-colours.png", _png(5, 5, zlib.compress(bytes(30)), _chunk(b"iCCP", b"a\0\0" + _zlib_zeros(GIB)))
    yield "tiff-that-turns-in-circles.png", _tiff_circle()
    yield "gif-huge.png", b"GIF89a" + b"\xff" * 4 + b"\0\0\0,\0\0\0\0" + b"\xff" * 4 + b"\0\x02\x02L\x01\0;"
    yield "bmp-huge.png", b"BM" + struct.pack("<IHHIIiiHH", 54, 0, 0, 54, 40, 2**30, -(2**30), 1, 24) + bytes(24)
    yield "pgm-huge.png", b"P5 99999999999999999999 1 255\n"
    yield "pgm-of-many-digits.png", b"P5 " + b"9" * 10**6
    yield "pdf-without-pages.png", b"%PDF-1.4\n%%EOF"
    yield "pdf-in-circles.png", _pdf(b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>")
    yield "pdf-of-a-billion-pages.png", _pdf(b"<</Type/Pages/Kids[]/Count 1000000000>>")


def _zlib_zeros(size: int) -> bytes:
    return b"\x78\x9c" + deflated_zeros(size)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, packed: bytes, more: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _tiff_circle() -> bytes:
    """A TIFF of whose pages each names itself as the next one."""
    content = bytearray(_saved(Image.new("L", (9, 9)), "TIFF"))
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)
    return bytes(content)


def _pdf(pages: bytes) -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj" + pages + b"endobj\ntrailer<</Root 1 0 R>>"


def recipes() -> Files:
    """Recipes that are no TOML, or TOML that is no recipe."""
    texts = {
        "empty": "",
        "not-toml": "model = ",
        "deep-list": "model = " + "[" * 100_000,
        "deep-table": "model = " + "{a=" * 100_000,
        "deep-key": ".".join("a" * 16_000) + " = 1",
        "deep-keys": "".join(f"{'.'.join('a' * 1000)}.b{n} = 1\n" for n in range(16)),
        "huge-int": "seed = " + "9" * 10_000,
        "huge-hex": 'model = "mlp_sgd"\nseed = 0x' + "f" * 10_000,
        "huge-float": 'model = "mlp_sgd"\n[optimizer]\nlr = 1e999',
        "nan": 'model = "mlp_sgd"\n[optimizer]\nlr = nan',
        "huge-string": f'model = "{"m" * 10**6}"',
        "huge-key": f'{"k" * 10**6} = 1\nmodel = "mlp_sgd"',
        "newlines": 'model = "a\\nb\\u001b[2J"',
        "wrong-types": "model = 1\nepochs = 'many'\noptimizer = []\n",
        "dates": "model = 1979-05-27",
        "epochs": 'model = "mlp_sgd"\nepochs = 1000000000000000000',
        "hidden": 'model = "mlp_dropout"\n[model_options]\nhidden = [1000000000, 1000000000]',
        "hidden-of-40-gigabytes": 'model = "mlp_dropout"\n[model_options]\nhidden = [100000, 100000]',
        "hidden-beyond-64-bits": f'model = "mlp_dropout"\n[model_options]\nhidden = [{10**30}]',
        "hidden-nested": 'model = "mlp_dropout"\n[model_options]\nhidden = ' + "[" * 90 + "]" * 90,
        "dropout-nan": 'model = "mlp_dropout"\n[model_options]\ndropout = nan',
        "no-such-data": 'model = "mlp_sgd"\n[data]\nname = "../../etc/passwd"',
        "data-of-a-long-name": f'model = "mlp_sgd"\n[data]\nname = "{"d" * 5000}"',
        "data-with-a-nul": 'model = "mlp_sgd"\n[data]\nname = "a\\u0000b"',
        "data-nobodys-home": 'model = "mlp_sgd"\n[data]\nname = "~nobody-of-that-name/x.npz"',
        "data-from-afar": 'model = "mlp_sgd"\n[data]\nname = "http://127.0.0.1:9/x.npz"',
        "init-of-a-long-name": f'model = "mlp_sgd"\n[init]\nrun = "{"d" * 5000}"',
        "init-from-a-device": 'model = "mlp_sgd"\n[init]\nrun = "/dev"',
        "teacher-from-a-device": 'model = "mlp_sgd"\n[teacher]\nrun = "/dev/zero"',
    }
    yield from ((f"{name}.toml", text.encode()) for name, text in texts.items())
    yield "latin.toml", 'model = "é"'.encode("latin-1")
    yield "zeros.toml", bytes(1000)
    yield "large.toml", b"# " + b"x" * 50_000_000


def models() -> Files:
    """Files called models."""
    yield "empty.onnx", b""
    yield "letters.onnx", b"not a model"
    yield "zeros.onnx", bytes(1000)
    yield "endless-number.onnx", b"\x80" * 2_000_000
    yield "claims.onnx", b"\x3a\xff\xff\xff\xff\x7f"
    yield "deep.onnx", b"\x3a\x7f" * 100_000
    yield "huge-weights.onnx", _onnx(initializers=[_claims("weights", 2**30)], shape_of="weights")
    yield "huge-answer.onnx", _onnx(initializers=[], shape_of=None)
    yield "weights-from-afar.onnx", _onnx(initializers=[_elsewhere("weights", "../../etc/passwd")], shape_of="weights")
    yield "zip-of-nothing.keras", zipped({})
    yield "config-alone.keras", zipped({"config.json": b"{}"})
    deep = {"config.json": b"[" * 200_000, "model.weights.h5": b""}
    yield "deep-config.keras", zipped(deep)
    yield "climbing.keras", zipped({"../../outside": b"x", "config.json": b"{}", "model.weights.h5": b"x"})
    yield "bomb.keras", zip_bomb("config.json", b"{", 3 * GIB)
    yield "letters.h5", b"not a model"
    yield "start-alone.h5", b"\x89HDF\r\n\x1a\n" + bytes(500)


def _onnx(initializers: list[onnx.TensorProto], shape_of: str | None) -> bytes:
    """A model of images whose answer is added to some weights, or made of a shape of four tebibytes."""
    make = onnx.helper.make_node
    size = onnx.numpy_helper.from_array(np.array([2**20, 2**20]), "size")
    node = make("Add", ["images", shape_of], ["logits"]) if shape_of else make("ConstantOfShape", ["size"], ["logits"])
    ports = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", k]) for name, k in _PORTS]
    graph = onnx.helper.make_graph([node], "g", ports[:1], ports[1:], [*initializers, size])
    # An IR and operators that every ONNX Runtime knows: it must not be refused for being new.
    opsets = [onnx.helper.make_opsetid("", 17)]
    content: bytes = onnx.helper.make_model(graph, ir_version=8, opset_imports=opsets).SerializeToString()
    return content


_PORTS = (("images", 784), ("logits", None))


def _claims(name: str, size: int) -> onnx.TensorProto:
    """Weights of so many rows, of which none is there."""
    return onnx.TensorProto(name=name, data_type=onnx.TensorProto.FLOAT, dims=[size, 784])


def _elsewhere(name: str, location: str) -> onnx.TensorProto:
    """Weights that lie in another file."""
    tensor = onnx.TensorProto(name=name, data_type=onnx.TensorProto.FLOAT, dims=[784])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half": lambda content: content[: len(content) // 2],
    "zeros": lambda content: bytes(len(content)),
    "letters": lambda _: b"not what it was",
    "a-list": lambda _: b"[1, 2]",
    "a-word": lambda _: b'"word"',
    "no-keys": lambda _: b"{}",
    "other-values": lambda content: _other_values(content),
    "deep": lambda _: b"[" * 200_000,
}
"""What befalls a file of a run's folder."""


def _other_values(content: bytes) -> bytes:
    """JSON of the same keys in which every table and list has become null; for what is no JSON, other text."""
    try:
        found = json.loads(content)
        return json.dumps(dict.fromkeys(found)).encode()
    except (ValueError, TypeError):
        return b"a,b\n1\n2,3,4\n"


KINDS: dict[str, Callable[[], Files]] = {
    "idx": idx,
    "csv": csv,
    "npz": npz,
    "pictures": pictures,
    "recipes": recipes,
    "models": models,
}

if __name__ == "__main__":
    for kind, paths in make(Path(sys.argv[1])).items():
        print(f"{kind}: {len(paths)} files")
