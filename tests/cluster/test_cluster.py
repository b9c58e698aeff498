"""Over Ray: the same bytes as on one machine, each picture once, whatever dies meanwhile."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch
from PIL import Image

from tenfold.cli import main
from tenfold.comparison import gather
from tenfold.errors import TenfoldError, UsageError

ray = pytest.importorskip("ray")

from tenfold.cluster import Cluster, read_in_parts  # noqa: E402
from tenfold.tuning import tune  # noqa: E402

# A worker cannot import a test's module: its functions travel whole.
ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])

pytestmark = [pytest.mark.cluster, pytest.mark.long, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def two_nodes():
    """A cluster of two nodes on this machine, a core each; the second may be killed."""
    from ray.cluster_utils import Cluster as Nodes

    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    node = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
    nodes = Nodes(initialize_head=True, head_node_args=node | {"include_dashboard": False})
    nodes.add_second = lambda: nodes.add_node(**node)
    nodes.second = nodes.add_second()
    ray.init(address=nodes.address, log_to_driver=False, configure_logging=False)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Sixty pictures of a stroke each, and one that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for number in range(60):
        image = np.full((60, 60), 255, np.uint8)
        column = random.integers(20, 38)
        image[12:48, column : column + 4] = 20
        Image.fromarray(image).save(folder / f"{number:03}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def on_one_machine(pictures, tmp_path_factory):
    """What one machine's file of results holds."""
    out = tmp_path_factory.mktemp("one") / "digits.jsonl"
    assert main(["read", str(pictures), "--out", str(out), "--workers", "1"]) == 1
    return out.read_bytes()


@pytest.fixture
def quick(bars, tmp_path):
    path = tmp_path / "quick.toml"
    path.write_text(
        f"model = 'mlp_dropout'\nepochs = 2\nbatch_size = 50\n[data]\nname = '{bars}'\n[compute]\ndevice = 'cpu'\n",
        encoding="utf-8",
    )
    return path


def _parts(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


def _all_parts(folder):
    return b"".join(_parts(folder).values())


class OneProcess:
    """What stands in for a cluster where there is none."""

    def map(self, function, tasks, **_):
        return map(function, tasks)


def _slowly(part):
    """As read_part, slow enough to be caught at work."""
    from tenfold.cluster.parts import read_part

    time.sleep(0.5)
    return read_part(part)


def _die_on_seventeen(task):
    if task == 17:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def _complain(task):
    raise UsageError(f"{task}: is no task")


def test_seeds_and_trials_on_two_nodes_are_those_of_one_machine_byte_for_byte(two_nodes, quick, tmp_path):
    names = [quick, tmp_path / "other.toml"]
    names[1].write_text(quick.read_text().replace("epochs = 2", "epochs = 3"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as a task has: another number of threads may round otherwise
    here = gather(names, seeds=2, out=tmp_path / "here")
    torch.set_num_threads(threads)
    there = gather(names, seeds=2, out=tmp_path / "there", mapped=Cluster().map)
    assert [(c.name, c.seeds, c.trained) for c in here] == [(c.name, c.seeds, c.trained) for c in there]
    for one, other in zip(here, there, strict=True):
        for a, b in zip(one.runs, other.runs, strict=True):
            assert (a.path / "model.safetensors").read_bytes() == (b.path / "model.safetensors").read_bytes()
            assert [row["val_loss"] for row in a.history] == [row["val_loss"] for row in b.history]


def test_a_node_killed_among_seeds_changes_no_run(two_nodes, quick, tmp_path):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    [here] = gather([quick], seeds=4, out=tmp_path / "here", overrides={"epochs": 20})
    torch.set_num_threads(threads)
    out = tmp_path / "there"

    def kill():
        while len(list(out.glob("*.unfinished/checkpoint/*"))) < 2:  # a run at work on each of the nodes
            time.sleep(0.02)
        two_nodes.remove_node(two_nodes.second, allow_graceful=False)

    killer = threading.Thread(target=kill)
    killer.start()
    [there] = gather([quick], seeds=4, out=out, overrides={"epochs": 20}, mapped=Cluster().map)
    killer.join()
    two_nodes.second = two_nodes.add_second()
    assert len(there.runs) == there.trained == 4
    for a, b in zip(here.runs, there.runs, strict=True):
        assert (a.path / "model.safetensors").read_bytes() == (b.path / "model.safetensors").read_bytes()
    assert not list(out.glob("*.unfinished"))


def test_what_is_there_is_no_task(quick, tmp_path):
    [first] = gather([quick], seeds=2, out=tmp_path)
    tasks = []

    def mapped(train, missing):
        tasks.extend(missing)
        return map(train, tasks)

    [again] = gather([quick], seeds=3, out=tmp_path, mapped=mapped)
    assert [run.path for run in again.runs[:2]] == [run.path for run in first.runs]
    assert [task.seed for task in tasks] == [2]


def test_trials_share_the_study_and_what_fails_is_recorded(two_nodes, quick, tmp_path):
    found = tune(
        quick,
        space=["optimizer.lr=1e-3,1e30"],
        minutes=5,
        sampler="grid",
        folder=tmp_path / "tune",
        seeds=0,
        mapped=Cluster().map,
    )
    assert [trial.state.name for trial in found.study.trials].count("FAIL") == 1
    alone = tune(quick, space=["optimizer.lr=1e-3,1e-2"], trials=1, folder=tmp_path / "alone", seeds=0)
    assert found.untuned.values == alone.untuned.values


def test_local_is_a_cluster_of_its_own_beside_one_that_runs_here(two_nodes):
    script = "import ray, tenfold.cluster as s\nwith s.connected('local'): print(len(ray.nodes()))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout == "1\n"


def test_what_a_task_raises_is_raised_and_never_retried(two_nodes):
    with pytest.raises(UsageError, match="^5: is no task$"):
        list(Cluster().map(_complain, [5]))


def test_a_task_that_kills_its_worker_costs_only_itself(two_nodes):
    done = Cluster().map(_die_on_seventeen, [16, 17, 18], on_death=lambda task, how: (task, how))
    assert sorted(done, key=str) == [(17, "WorkerCrashedError"), 16, 18]
    with pytest.raises(TenfoldError, match="died on each of 4 tries"):
        list(Cluster().map(_die_on_seventeen, [17]))


def test_a_part_that_is_there_is_not_read_again_and_other_questions_are_refused(
    two_nodes, pictures, on_one_machine, tmp_path
):
    manifest = read_in_parts([str(pictures)], tmp_path / "out", Cluster(), size=20)
    assert (manifest["pictures"], manifest["failed"], len(manifest["parts"])) == (61, 1, 4)
    assert _all_parts(tmp_path / "out") == on_one_machine
    with pytest.raises(UsageError, match="--resume goes on"):
        read_in_parts([str(pictures)], tmp_path / "out", Cluster())
    for other in ({"single": True}, {"format": "parquet"}):
        with pytest.raises(UsageError, match="begun with another model or detector, other options"):
            read_in_parts([str(pictures)], tmp_path / "out", Cluster(), resume=True, **other)
    with pytest.raises(UsageError, match="or with other pictures"):
        read_in_parts([str(pictures / "00.png")], tmp_path / "out", Cluster(), resume=True)
    lost = tmp_path / "out" / "part-000001.jsonl"
    lost.unlink()
    (tmp_path / "out" / ".part-000001.jsonl.0123.partial").write_text('{"source": ')  # as of a worker that was killed
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(pictures / "zz-new.png")  # no part of the plan
    assert read_in_parts([str(pictures)], tmp_path / "out", Cluster(), resume=True)["pictures"] == 61
    (pictures / "zz-new.png").unlink()
    assert not list((tmp_path / "out").glob(".*partial"))
    assert _all_parts(tmp_path / "out") == on_one_machine
    assert kept == {path: path.stat().st_mtime_ns for path in kept}


def test_names_of_no_picture_leave_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(TenfoldError, match="empty: .*holds no pictures"):
        read_in_parts([str(tmp_path / "empty")], tmp_path / "out", OneProcess())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_a_node_killed_midway_loses_nothing_and_doubles_nothing(
    format, two_nodes, pictures, on_one_machine, tmp_path, monkeypatch
):
    from tenfold.cluster import parts

    if sum(node["Alive"] for node in ray.nodes()) == 1:
        two_nodes.second = two_nodes.add_second()
    alone, seen, out = tmp_path / "alone", set(), tmp_path / "out"
    read_in_parts([str(pictures)], alone, OneProcess(), size=3, format=format)
    monkeypatch.setattr(parts, "read_part", _slowly)

    def kill():
        while len(list(out.glob("part-*"))) < 4:
            time.sleep(0.05)
        seen.add(len(list(out.glob("part-*"))))
        two_nodes.remove_node(two_nodes.second, allow_graceful=False)

    killer = threading.Thread(target=kill)
    killer.start()
    manifest = read_in_parts([str(pictures)], out, Cluster(), size=3, format=format)
    killer.join()
    assert max(seen) < len(manifest["parts"]) == 21  # it died while there was work left
    assert sum(node["Alive"] for node in ray.nodes()) == 1
    assert _parts(out) == _parts(alone)
    assert not list(out.glob(".*partial"))
    if format == "jsonl":
        assert _all_parts(out) == on_one_machine
    expected = [json.loads(line)["source"] for line in on_one_machine.splitlines()]
    assert _sources(out, format) == expected
    assert len(expected) == len(set(expected)) == 61


def _sources(folder, format):
    if format == "jsonl":
        return [json.loads(line)["source"] for line in _all_parts(folder).splitlines()]
    from pyarrow import parquet

    tables = [parquet.read_table(path) for path in sorted(folder.glob("part-*.parquet"))]
    return [source for table in tables for source in table["source"].to_pylist()]
