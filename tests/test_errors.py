"""What an error advises is what helps: on a full disk room, elsewhere the right to write."""

import errno
import os
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from tenfold.cli import main
from tenfold.errors import TenfoldError, cannot_write
from tenfold.formats import carry
from tenfold.inference.classifier import SHIPPED
from tenfold.serving import Settings, create_app

WAYS = [
    (errno.ENOSPC, "make room"),
    (errno.EDQUOT, "make room"),
    (errno.EFBIG, "raise the limit on the size of files"),
    (errno.EROFS, "mount it writable"),
    (errno.EACCES, "make it writable"),
    (errno.EPERM, "make it writable"),
]


def _failing(code):
    def fails(*_, **__):
        raise OSError(code, os.strerror(code), "file")

    return fails


@pytest.mark.parametrize(("code", "helps"), WAYS, ids=lambda value: errno.errorcode.get(value, ""))
def test_each_reason_has_its_own_remedy(code, helps, tmp_path, monkeypatch):
    error, reason = OSError(code, os.strerror(code)), os.strerror(code)
    assert str(cannot_write("out", error)) == f"out: cannot be written ({reason}): {helps}"
    both = cannot_write("out", error, elsewhere="name another --out", then="--resume")
    assert str(both) == f"out: cannot be written ({reason}): {helps}, or name another --out, then --resume"
    monkeypatch.setattr(carry, "_put", _failing(code))
    out = tmp_path / "out"
    with pytest.raises(TenfoldError) as raised, carry._made(out):
        carry._put(out, out)
    assert str(raised.value) == f"{out}: cannot be written ({reason}): {helps}, or name another --out"


def test_what_no_advice_is_known_for_has_none():
    error = OSError(errno.EIO, "Input/output error")
    assert str(cannot_write("out", error)) == "out: cannot be written (Input/output error)"
    assert str(cannot_write("out", error, then="--resume")).endswith("(Input/output error): mend that, then --resume")


def test_advice_for_what_cannot_be_written_is_given_in_one_place():
    sources = (Path(__file__).parents[1] / "src" / "tenfold").rglob("*.py")
    assert [path.name for path in sources if "make room" in path.read_text(encoding="utf-8")] == ["errors.py"]


def test_a_file_that_cannot_be_read_is_not_to_be_made_writable(monkeypatch, capsys):
    monkeypatch.setattr("tenfold.cli._run", _failing(errno.EACCES))
    assert main(["read"]) == 1
    assert capsys.readouterr().err == "tenfold: file: Permission denied\n"


@pytest.mark.parametrize(("code", "status"), [(errno.ENOSPC, 507), (errno.EROFS, 500), (errno.EACCES, 500)])
def test_the_server_says_507_only_where_there_is_no_room(code, status, tmp_path, monkeypatch):
    Image.new("L", (40, 40), 255).save(tmp_path / "blank.png")
    monkeypatch.setattr("tenfold.serving.collection.write_atomically", _failing(code))
    with TestClient(create_app(Settings(model=str(SHIPPED), collect=str(tmp_path / "kept")))) as client:
        answer = client.post("/v1/corrections?label=7", content=(tmp_path / "blank.png").read_bytes())
    assert answer.status_code == status
    assert dict(WAYS)[code] in answer.json()["detail"]
