"""The workers of `spikelut sweep`: local processes, threads and a Dask cluster, some of whose workers are killed."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sweep_tasks
from sweep_tasks import Slow, Wrong

from spikelut.cli.shared.errors import UserError
from spikelut.cli.sweep.workers import run_all, workers

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="needs ray")
needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="needs distributed")


def run(backend: str, tasks: list[Any], jobs: int = 2, address: str | None = None) -> dict[str, dict[str, Any]]:
    """The results by key, each told once."""
    found: dict[str, dict[str, Any]] = {}

    def keep(key: str, result: dict[str, Any]) -> None:
        assert key not in found
        found[key] = result

    with workers(backend, jobs, address):
        run_all({task.key: task for task in tasks}, keep)
    return found


def complete(found: dict[str, dict[str, Any]], count: int) -> bool:
    return {key: result["number"] for key, result in found.items()} == {f"task{n}": n for n in range(count)}


def test_a_local_process_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    found = run("loky", [Slow(n, seen, deadly=2) for n in range(8)])
    assert complete(found, 8)
    # The task was begun twice, the second time in a process that lived; none of them is this one.
    processes = {result["process"] for result in found.values()}
    assert os.getpid() not in processes
    assert int(seen.read_text()) == found["task2"]["process"]
    assert {result["threads"] for result in found.values()} == {"1"}


def test_a_task_that_kills_every_worker_is_an_error_in_the_end(tmp_path: Path) -> None:
    found: dict[str, dict[str, Any]] = {}
    tasks = [Slow(n, tmp_path / "seen", deadly=0, always=True) for n in range(3)]
    message = r"^workers died 3 times in a row with nothing finished, [1-3] tasks are left; is there memory enough\?"
    with pytest.raises(UserError, match=message), workers("loky", 2, None):
        run_all({task.key: task for task in tasks}, found.__setitem__)
    assert "task0" not in found


def test_threads(tmp_path: Path) -> None:
    found = run("threading", [Slow(n, tmp_path / "seen") for n in range(5)])
    assert complete(found, 5)
    assert {result["process"] for result in found.values()} == {os.getpid()}


def test_a_bug_in_a_task_is_not_hidden() -> None:
    with pytest.raises(ArithmeticError, match="a bug"):
        run("threading", [Wrong()])


def test_a_result_that_cannot_be_kept_ends_it(tmp_path: Path) -> None:
    told: list[str] = []

    def full(key: str, result: dict[str, Any]) -> None:
        told.append(key)
        raise UserError("out: no space left")

    with pytest.raises(UserError, match="no space left"), workers("threading", 1, None):
        run_all({f"task{n}": Slow(n, tmp_path / "seen") for n in range(5)}, full)
    assert len(told) == 1


def test_wrong_backends() -> None:
    with pytest.raises(ValueError, match=r"^sweep: backend must be one of loky, threading, dask, ray, got 'mpi'$"):
        run("mpi", [])
    with pytest.raises(ValueError, match=r"^scheduler is for the backends dask and ray, got backend 'loky'$"):
        run("loky", [], address="tcp://127.0.0.1:1")


@pytest.mark.parametrize(("backend", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_a_backend_that_is_not_installed(backend: str, module: str) -> None:
    if find_spec(module) is not None:
        pytest.skip(f"{module} is installed")
    with pytest.raises(UserError, match=f"^{module} is needed for backend {backend}; run: pip install"):
        run(backend, [])


@needs_dask
@pytest.mark.filterwarnings("ignore")  # those of distributed itself
def test_a_dask_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    found = run("dask", [Slow(n, seen, deadly=2) for n in range(8)])
    assert complete(found, 8)
    processes = {result["process"] for result in found.values()}
    assert os.getpid() not in processes
    assert seen.exists()


@needs_dask
@pytest.mark.filterwarnings("ignore")  # those of distributed itself
def test_a_running_dask_cluster(tmp_path: Path) -> None:
    from distributed import LocalCluster

    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(processes=False, **options) as cluster:
        found = run("dask", [Slow(n, tmp_path / "seen") for n in range(4)], address=cluster.scheduler_address)
    assert complete(found, 4)


@pytest.fixture
def found_by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray's workers find the module of the tasks."""
    paths = [str(Path(sweep_tasks.__file__).parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@needs_ray
@pytest.mark.usefixtures("found_by_workers")
@pytest.mark.filterwarnings("ignore")  # those of Ray itself
def test_a_ray_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    found = run("ray", [Slow(n, seen, deadly=2) for n in range(8)])
    assert complete(found, 8)
    processes = {result["process"] for result in found.values()}
    assert os.getpid() not in processes
    assert seen.exists()


@needs_ray
@pytest.mark.usefixtures("found_by_workers")
@pytest.mark.filterwarnings("ignore")
def test_errors_on_ray_are_those_of_the_task(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError, match="a bug"):
        run("ray", [Wrong()])
    message = "^workers died 3 times with the same task, 1 tasks are left"
    with pytest.raises(UserError, match=message):
        run("ray", [Slow(0, tmp_path / "seen", deadly=0, always=True)])
