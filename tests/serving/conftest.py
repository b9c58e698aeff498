"""A server in this process, for tests that need no socket."""

import io

import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests.reading import drawings

from tenfold.serving import Settings, create_app


def png(pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def seven():
    return png(255 - drawings.digits()[7])


@pytest.fixture(scope="session")
def number():
    return png(drawings.on_paper(drawings.written("907", "25")))


@pytest.fixture
def serving(tmp_path):
    """Makes clients of an application with other settings."""
    clients = []

    def make(**settings):
        client = TestClient(create_app(Settings(**settings)))
        client.__enter__()
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Settings())) as client:
        yield client
