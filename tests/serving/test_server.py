"""The server as a process: its start, its end, and what it does with those who are slow."""

import http.client
import json
import os
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest
from tests.serving.processes import server

import tenfold
from tenfold import errors
from tenfold.cli import main
from tenfold.serving import Settings


def _head(length):
    return f"POST /v1/read HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()


def _connect(address):
    return socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=60)


def _status(connection):
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()


def _ask_until_refused(address):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        _connect(address).close()
        time.sleep(0.05)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_taken_is_finished_after_sigterm_and_nothing_new_is_taken(seven, workers):
    with server("--workers", workers) as (process, address), _connect(address) as half_sent:
        half_sent.sendall(_head(len(seven)) + seven[:100])
        with urlopen(Request(address + "/v1/read", seven)) as answer:  # by now the half is there, too
            assert json.load(answer)["text"] == "7"
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionError):
            _ask_until_refused(address)
        assert process.poll() is None
        half_sent.sendall(seven[100:])
        status, body = _status(half_sent)
        assert status == 200, body
        assert json.loads(body)["text"] == "7"
        process.wait(30)


def test_any_process_tells_the_counts_of_all(seven):
    with server("--workers", 2) as (_process, address):
        asked = 0

        def both_have_read():
            nonlocal asked
            with ThreadPoolExecutor(4) as pool:  # a connection each
                list(pool.map(lambda _: urlopen(Request(address + "/v1/read", seven)).close(), range(4)))
            asked += 4
            return len(_digits_read(address)) == 2

        _wait_until(both_have_read)  # one of them may be ready later
        told = [_digits_read(address) for _ in range(8)]
        assert [sum(counts.values()) for counts in told] == [asked] * 8
        lost, left = told[0]
        os.kill(int(lost), signal.SIGKILL)

        def only_the_left_one_answers_and_it_tells_its_own():
            try:
                counts = _digits_read(address)
            except OSError:  # the lost one's socket takes connections until the kernel has closed it
                return False
            return lost not in counts and counts[left] == told[0][left]

        _wait_until(only_the_left_one_answers_and_it_tells_its_own)


def _digits_read(address):
    """The sevens that each process says it read."""
    with urlopen(address + "/metrics") as answer:
        found = re.findall(r'tenfold_digits_total{process="(\d+)",digit="7"} (\d+)', answer.read().decode())
    return {process: int(count) for process, count in found}


def _wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_slow_senders_are_told_and_leave_the_others_alone(seven):
    with server("--max-seconds", "1.5") as (_process, address), _connect(address) as slow:
        slow.sendall(_head(len(seven)) + seven[:100])
        with urlopen(Request(address + "/v1/read", seven)) as answer:
            assert json.load(answer)["text"] == "7"
        status, body = _status(slow)
        assert status == 408
        assert b"within 1.5 s" in body


def test_more_than_the_queue_holds_is_answered_503_with_a_time_to_come_again(seven):
    with server("--queue", "1") as (_process, address):
        found = []

        def ask():
            connection = http.client.HTTPConnection(address.removeprefix("http://"))
            for _ in range(10):
                connection.request("POST", "/v1/read", seven)
                answer = connection.getresponse()
                answer.read()
                found.append((answer.status, answer.getheader("retry-after")))
            connection.close()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(found) == {(200, None), (503, "1")}


def test_a_taken_port_is_one_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    assert f"127.0.0.1:{port} cannot be had" in capsys.readouterr().err


def test_a_model_that_is_none_is_one_line(capsys):
    assert main(["serve", "nowhere.onnx", "--port", "0"]) == 1
    assert "nowhere.onnx: no such model" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_line(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["serve", "--collect", str(tmp_path / "file" / "below"), "--port", "0"]) == 1
    assert "corrections cannot be kept there" in capsys.readouterr().err


def test_without_the_extra_one_line_names_it(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "python_multipart", None)
    assert main(["serve"]) == 1
    assert "serving needs the 'serve' extra: pip install 'tenfold[serve]'" in capsys.readouterr().err


def test_serve_says_where_to_people_programs_and_python(monkeypatch, capsys):
    monkeypatch.setattr("tenfold.serving.server._Announcing.run", lambda self, **_: self._announce())
    assert main(["serve", "--port", "0", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["address"] in shown.err
    said = []
    tenfold.serve(port=0, say=said.append)
    assert said[0].startswith("http://localhost:")
    with pytest.raises(errors.UsageError):
        Settings(max_seconds=0)
