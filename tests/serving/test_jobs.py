import asyncio
import threading

import pytest

from tenfold.errors import UsageError
from tenfold.serving import Settings
from tenfold.serving.jobs import Jobs
from tenfold.serving.problems import Problem


def test_a_full_queue_answers_503_at_once_and_goes_on_when_it_is_not():
    async def scene():
        jobs, gate = Jobs(queue=3, workers=1), threading.Event()
        taken = [asyncio.create_task(jobs.run(gate.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
            await jobs.run(gate.wait)
        gate.set()
        assert await asyncio.gather(*taken) == [True] * 3
        assert await jobs.run(lambda: 5) == 5
        jobs.close()
        return refused.value

    problem = asyncio.run(scene())
    assert problem.status == 503
    assert int(problem.headers["Retry-After"]) >= 1


def test_settings_come_from_flags_over_the_environment(monkeypatch):
    monkeypatch.setenv("TENFOLD_SERVE_PORT", "9000")
    monkeypatch.setenv("TENFOLD_SERVE_MAX_FILES", "3")
    settings = Settings.from_environment({"port": 1234, "host": None})
    assert (settings.port, settings.max_files, settings.host) == (1234, 3, "127.0.0.1")


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"queue": -1}, {"port": 70000}, {"max_mebibytes": 0}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError):
        Settings(**wrong)


def test_a_number_in_the_environment_must_be_one(monkeypatch):
    monkeypatch.setenv("TENFOLD_SERVE_PORT", "many")
    with pytest.raises(UsageError, match="TENFOLD_SERVE_PORT=many"):
        Settings.from_environment()
