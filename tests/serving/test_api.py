import base64
import hashlib
import io
import json
import os
import tempfile
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.page_networks import write_network
from tests.reading import drawings
from tests.serving.conftest import png

import tenfold
from tenfold.cli import main
from tenfold.errors import TenfoldError
from tenfold.explanation.contrast import contrast
from tenfold.explanation.occlusion import occlude
from tenfold.inference.classifier import SHIPPED
from tenfold.reading import Failure, Reading, Rejected
from tenfold.reading.outcome import Digit
from tenfold.serving import gate
from tenfold.serving.bodies import Upload
from tenfold.serving.pictures import AnswerOptions, Limits, read_uploads


def _problem(response, status, words):
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert words in problem["detail"]
    return problem


@pytest.mark.parametrize("options", [[], ["--single"], ["--separators"], ["--prediction-sets", "0.01"]])
def test_a_reading_is_what_the_command_prints_byte_for_byte(
    client, seven, number, options, tmp_path, monkeypatch, capsysbinary
):
    monkeypatch.chdir(tmp_path)
    pictures = {"7.png": seven, "Größe 5.png": number, "bad.png": b"nonsense"}
    for name, content in pictures.items():
        (tmp_path / name).write_bytes(content)
    main(["read", *pictures, "--json", *options])
    query = "&".join(["=".join(options).removeprefix("--").replace("-", "_")] if options else [])
    answer = client.post(f"/v1/read?{query}", files=[("picture", item) for item in pictures.items()])
    assert answer.content == capsysbinary.readouterr().out
    assert answer.headers["content-type"] == "application/x-ndjson"


def test_a_raw_body_is_read_as_standard_input(client, seven):
    answer = client.post("/v1/read", content=seven)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == tenfold.Reader().read(seven, source="-").to_json()


def test_every_page_of_a_file_is_read(client):
    file = io.BytesIO()
    pages = [Image.fromarray(255 - drawings.digits()[digit]) for digit in (3, 8)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    lines = client.post("/v1/read", content=file.getvalue()).text.splitlines()
    assert [(json.loads(line)["page"], json.loads(line)["text"]) for line in lines] == [(0, "3"), (1, "8")]


def test_the_server_reads_with_the_detector_that_it_is_given(serving, seven, tmp_path):
    network = str(write_network(tmp_path / "page.onnx"))
    found = serving(detector=network).post("/v1/read", content=seven).json()
    assert found == tenfold.read(seven, detector=network).to_json() | {"source": "-"}
    with pytest.raises(TenfoldError, match="no such page network"):
        serving(detector=str(tmp_path / "none.onnx"))


def test_every_key_of_a_reading_is_declared(client):
    """A digit's cell, the page's table and how it was turned, too."""
    digit = Digit(7, "7", 0.9, (1, 2, 3, 4), 0, (("7", 0.9),), prediction_set=("7",), cell=(0, 1))
    shoe = Digit(3, "shoe", 0.9, (1, 2, 3, 4))
    left = (Rejected((9, 9, 1, 1), "not a digit", 0.25, 0.25),)
    told = {"table": (("", "7"),), "turned": 90}
    views = np.zeros((0, 28, 28), np.uint8)
    reading = Reading("a", 0, ("7",), (digit, shoe), left, False, "dark-on-light", "m", views, **told).to_json()
    content = client.get("/openapi.json").json()["paths"]["/v1/read"]["post"]["responses"]["200"]["content"]
    declared = content["application/json"]["schema"]["properties"]
    assert reading.keys() | Failure("a", "b").to_json().keys() | {"views", "probabilities"} == declared.keys()
    assert {key for one in reading["digits"] for key in one} == declared["digits"]["items"]["properties"].keys()
    assert content["application/json"]["example"].keys() <= declared.keys()


def test_views_and_probabilities_are_the_models_own(client, number):
    found = client.post("/v1/read?views&probabilities=true", content=number).json()
    reading = tenfold.Reader().read(number)
    seen = [np.asarray(Image.open(io.BytesIO(_data(view)))) for view in found["views"]]
    np.testing.assert_array_equal(seen, reading.views)
    assert len(found["probabilities"]) == len(reading.views)
    classes = client.get("/v1/model").json()["card"]["classes"]
    assert [classes[int(np.argmax(row))] for row in found["probabilities"]] == list("90725")


def _data(address):
    return base64.b64decode(address.removeprefix("data:image/png;base64,"))


def test_a_blank_picture_is_blank(client):
    assert client.post("/v1/read", content=png(np.full((80, 80), 250, np.uint8))).json()["blank"] is True


def test_what_cannot_be_read_has_the_commands_words(client, seven):
    assert "not a picture in a known format" in _problem(client.post("/v1/read", content=b"x"), 422, "known")["detail"]
    _problem(client.post("/v1/read"), 422, "is empty")
    _problem(client.post("/v1/read", content=seven[:200]), 422, "broken picture")
    both = client.post("/v1/read", files=[("p", ("a", b"x")), ("p", ("b", b""))])
    assert [one["source"] for one in _problem(both, 422, "none of the pictures")["errors"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("singel", "unknown option singel: there are single"),
        ("single=perhaps", "give true or false"),
        ("single&single", "given twice"),
        ("prediction_sets=much", "give a number"),
        ("prediction_sets=2", "prediction sets miss a share"),
        ("prediction_sets=0.0000001", "no prediction sets that miss"),
    ],
)
def test_a_wrong_call_is_400(client, seven, query, words):
    _problem(client.post(f"/v1/read?{query}", content=seven), 400, words)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("multipart/form-data", b"", "no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", "form"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nbytes',
            "ends before",
        ),
    ],
)
def test_a_broken_form_is_400(client, kind, body, words):
    _problem(client.post("/v1/read", content=body, headers={"content-type": kind}), 400, words)


def test_limits(serving, seven):
    client = serving(max_mebibytes=0.001, max_files=2, max_megapixels=0.005)
    _problem(client.post("/v1/read", content=bytes(2000)), 413, "larger than 0.001 MiB")
    _problem(client.post("/v1/read", content=iter([bytes(600)] * 3)), 413, "larger than 0.001 MiB")
    _problem(client.post("/v1/read", files=[("p", ("a", b"x"))] * 3), 413, "more than 2 files")
    _problem(client.post("/v1/read", content=seven), 422, "84×84 is more than 0.005 megapixels")


def test_a_picture_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(client):
    row = zlib.compress(bytes(30_001) * 30_000, 9)
    head = b"\x00\x00\x75\x30\x00\x00\x75\x30\x08\x00\x00\x00\x00"

    def chunk(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")
    _problem(client.post("/v1/read", content=bomb), 422, "megapixels")


def test_reading_stops_after_its_time():
    file = io.BytesIO()
    pages = [Image.fromarray(255 - drawings.digits()[digit]) for digit in (3, 8, 1)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    answers = read_uploads(tenfold.Reader(), [Upload("a", file.getvalue())], AnswerOptions(), Limits(50, 1e-9))
    assert "not read to its end within" in json.loads(answers.lines[-1])["error"]
    assert len(answers.lines) == 2


def test_classify_takes_json_and_bytes(client):
    views = np.stack([tenfold.Reader().read(255 - drawings.digits()[digit]).views[0] for digit in (4, 2)])
    by_json = client.post("/v1/classify", json={"images": views.tolist()}).json()
    assert by_json["answers"] == ["4", "2"]
    assert by_json == client.post("/v1/classify", content=views.tobytes()).json()
    assert client.post("/v1/classify", json=views[0].tolist()).json()["answers"] == ["4"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"123", "application/octet-stream", 422),
        (b"", "application/octet-stream", 422),
        (b"{", "application/json", 400),
        (b"[[1, 2], [3]]", "application/json", 422),
        (b'{"images": [[["a"]]]}', "application/json", 422),
        (b"[" * 50_000, "application/json", 400),
        (b"null", "application/json", 422),
        (json.dumps([[256] * 28] * 28).encode(), "application/json", 422),
        (json.dumps([[10**30] * 28] * 28).encode(), "application/json", 422),
        (json.dumps([[0.5] * 28] * 28).encode(), "application/json", 422),
        (bytes(784 * 5000), "application/octet-stream", 413),
    ],
)
def test_classify_refuses_what_is_no_views(client, content, kind, status):
    _problem(client.post("/v1/classify", content=content, headers={"content-type": kind}), status, "")


def test_explain_finds_the_map_that_the_explanation_room_finds(client, number):
    reader = tenfold.Reader()
    found = client.post("/v1/explain?digit=3", content=number).json()
    assert found["answer"] == "7"
    expected = occlude(contrast(reader.classifier, reader.read(number).views[2]))
    np.testing.assert_allclose(found["maps"]["erased"], expected.erased, atol=6e-4)
    np.testing.assert_allclose(found["maps"]["inked"], expected.inked, atol=6e-4)
    assert Image.open(io.BytesIO(_data(found["heatmap"]))).size == (224, 224)


@pytest.mark.parametrize(("query", "status"), [("digit=9", 400), ("digit=x", 400), ("against=x", 400)])
def test_explain_refuses_what_is_not_there(client, number, query, status):
    _problem(client.post(f"/v1/explain?{query}", content=number), status, "")


def test_explain_says_what_the_picture_holds_in_words_of_its_own(client, number):
    problem = client.post("/v1/explain?digit=12", content=number).json()
    assert problem["detail"] == "the picture holds digits 1 to 5: there is no digit 12 in it"


def test_explain_of_a_blank_picture_says_so(client):
    _problem(client.post("/v1/explain", content=png(np.full((80, 80), 250, np.uint8))), 422, "no ink")


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/v1/model", "/healthz", "/v1/nothing", "/v1/read"])
def test_head_is_get_without_a_body(client, path):
    whole, head = client.get(path), client.head(path)
    assert head.content == b""
    assert (head.status_code, head.headers) == (whole.status_code, whole.headers)


def test_what_is_nowhere_is_404_and_what_is_not_answered_405(client):
    _problem(client.get("/v1/nothing"), 404, "/v1/nothing")
    response = client.get("/v1/read")
    _problem(response, 405, "GET")
    assert response.headers["allow"] == "POST"


def test_an_api_key_guards_what_reads_and_counts(serving, seven):
    client = serving(api_key="s3cret")
    _problem(client.post("/v1/read", content=seven), 401, "X-API-Key")
    _problem(client.get("/metrics", headers={"x-api-key": "wrong"}), 401, "API key")
    for headers in ({"X-API-Key": "s3cret"}, {"Authorization": "Bearer s3cret"}):
        assert client.post("/v1/read", content=seven, headers=headers).json()["text"] == "7"
    assert client.get("/healthz").status_code == client.get("/").status_code == 200


def test_pages_of_other_origins_may_not_post_unless_they_are_named(serving, seven):
    foreign = {"Origin": "https://example.org"}
    _problem(serving().post("/v1/read", content=seven, headers=foreign), 403, "--cors https://example.org")
    allowed = serving(cors="https://example.org, https://b.org").post("/v1/read", content=seven, headers=foreign)
    assert allowed.json()["text"] == "7"
    assert allowed.headers["access-control-allow-origin"] == "https://example.org"
    assert serving().post("/v1/read", content=seven, headers={"Origin": "http://testserver"}).status_code == 200


def test_every_answer_has_the_headers_of_safety(client, seven):
    for response in (client.get("/"), client.get("/nothing"), client.post("/v1/read", content=b"x")):
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"


def test_metrics_count_what_happened(serving, seven, number):
    client = serving()
    client.post("/v1/read", content=seven)
    client.post("/v1/read", content=number)
    client.post("/v1/read", content=b"x")
    lines = client.get("/metrics").text.splitlines()
    assert 'tenfold_requests_total{route="/v1/read",method="POST",status="200"} 2' in lines
    assert 'tenfold_requests_total{route="/v1/read",method="POST",status="422"} 1' in lines
    assert 'tenfold_digits_total{digit="7"} 2' in lines
    assert 'tenfold_request_seconds_count{route="/v1/read"} 3' in lines
    assert "tenfold_queue_waiting 0" in lines


def test_a_fault_of_ours_is_a_500_that_repeats_nothing_of_what_was_sent(serving, seven, monkeypatch, caplog):
    client = serving()
    monkeypatch.setattr("tenfold.serving.api.read_uploads", lambda *_: 1 / 0)
    with caplog.at_level("ERROR", "tenfold.serving"):
        _problem(client.post("/v1/read", content=seven), 500, "tenfold failed")
    assert caplog.records[0].fields["error"] == "ZeroDivisionError"
    assert json.loads(gate.JsonLines().format(caplog.records[0]))["event"] == "failed"


def test_nothing_of_a_picture_touches_the_disk(client, monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("a file is made")

    monkeypatch.setattr(tempfile, "_TemporaryFileWrapper", refuse)
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    opened = os.open

    def only_reading(path, flags, *rest, **options):
        return refuse() if flags & os.O_CREAT else opened(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", only_reading)
    large = png(np.random.default_rng(0).integers(0, 255, (1500, 1500, 3), np.uint8))
    assert len(large) > 2**20
    assert client.post("/v1/read", files={"p": ("large.png", large)}).status_code == 200


def test_the_model_card_has_its_hash(client):
    found = client.get("/v1/model").json()
    assert found["sha256"] == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert found["card"]["classes"][:10] == list("0123456789")
    assert found["corrections"] is False


def test_the_model_says_which_detector_finds_its_digits(serving, tmp_path):
    network = write_network(tmp_path / "page.onnx")
    found = serving(detector=str(network)).get("/v1/model").json()
    files = b"".join((tmp_path / name).read_bytes() for name in ("page.onnx", "glyph.onnx", "line.onnx"))
    assert found["detector_sha256"] == hashlib.sha256(files).hexdigest()


@pytest.mark.parametrize(("path", "words"), [("explain", "is explained"), ("corrections?label=7", "is corrected")])
def test_of_several_pictures_none_is_explained_or_corrected(serving, seven, tmp_path, path, words):
    answer = serving(collect=str(tmp_path / "kept")).post(f"/v1/{path}", files=[("p", ("a.png", seven))] * 2)
    _problem(answer, 422, f"one picture {words} at a time")
    assert not list((tmp_path / "kept").rglob("*.png"))


def test_a_server_whose_queue_is_full_is_not_ready(serving):
    client = serving(queue=4)
    assert client.get("/readyz").json() == {"status": "ready", "waiting": 0}
    client.app.state.serving.jobs.waiting = 4
    answer = client.get("/readyz")
    _problem(answer, 503, "the queue is full")
    assert answer.headers["Retry-After"] == "1"
    client.app.state.serving.jobs.waiting = 0
