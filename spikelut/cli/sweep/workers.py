"""Running the tasks of a sweep: over joblib in local processes, threads or on a Dask cluster, or on a Ray cluster."""

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from contextvars import ContextVar
from typing import Any, Literal, Protocol

from joblib import Parallel, delayed, parallel_config

from spikelut._checks import require_one_of
from spikelut.cli.shared.errors import UserError

Backend = Literal["loky", "threading", "dask", "ray"]

MAX_LOSSES = 3
"""So many times in a row workers may die with nothing finished in between."""


_on_ray: ContextVar[bool] = ContextVar("on_ray", default=False)
"""Whether the `workers` block around is Ray's, whose backend for joblib gives no result before all are there."""


class Task(Protocol):
    """Something to compute that knows the name of its result."""

    @property
    def key(self) -> str: ...

    def run(self) -> dict[str, Any]: ...


OnDone = Callable[[str, dict[str, Any]], None]


def run_all(tasks: Mapping[str, Task], on_done: OnDone, *, batch: int | str = 1) -> None:
    """Run every task on the workers of the `workers` block around; `on_done` is told each key and result at once.

    What a worker that dies had under way is given to others. Raises UserError where workers die again and again with
    nothing finished in between, whatever the tasks raise, and KeyboardInterrupt; then nothing runs on.
    """
    if _on_ray.get():
        _run_on_ray(tasks, on_done)
        return
    remaining, losses = dict(tasks), 0
    while remaining:
        before = len(remaining)
        parallel = Parallel(return_as="generator_unordered", batch_size=batch)
        try:
            with closing(parallel(delayed(perform)(key, task) for key, task in list(remaining.items()))) as results:
                for key, result in results:
                    on_done(key, result)
                    del remaining[key]
        except _worker_deaths() as error:
            losses = losses + 1 if len(remaining) == before else 1
            if losses >= MAX_LOSSES:
                message = f"workers died {losses} times in a row with nothing finished, {len(remaining)} tasks are left"
                raise UserError(f"{message}; is there memory enough? ({type(error).__name__})") from error


def _run_on_ray(tasks: Mapping[str, Task], on_done: OnDone) -> None:
    """The same on Ray, which gives what a worker that dies had under way to others by itself."""
    import ray

    there = ray.remote(num_cpus=1, max_retries=MAX_LOSSES - 1)(perform)
    waiting = {there.remote(key, task): key for key, task in tasks.items()}
    try:
        while waiting:
            done, _ = ray.wait(list(waiting), num_returns=1)
            for reference in done:
                on_done(*ray.get(reference))
                del waiting[reference]
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as error:
        message = f"workers died {MAX_LOSSES} times with the same task, {len(waiting)} tasks are left"
        raise UserError(f"{message}; is there memory enough? ({type(error).__name__})") from error
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    finally:
        for reference in waiting:
            ray.cancel(reference, force=True)


def perform(key: str, task: Task) -> tuple[str, dict[str, Any]]:
    """What runs on a worker."""
    return key, task.run()


@contextmanager
def workers(backend: str, jobs: int, address: str | None) -> Iterator[None]:
    """The block's `run_all` uses `jobs` workers of `backend`, each of one thread; or those of the cluster at `address`.

    Raises ValueError for another name, UserError if the backend is not installed or the cluster does not answer.
    """
    require_one_of("sweep", "backend", backend, Backend)
    if address is not None and backend not in ("dask", "ray"):
        raise ValueError(f"scheduler is for the backends dask and ray, got backend {backend!r}")
    if backend == "dask":
        with _dask(jobs, address), parallel_config("dask", n_jobs=-1):
            yield
    elif backend == "ray":
        with _ray(jobs, address):
            token = _on_ray.set(True)
            try:
                yield
            finally:
                _on_ray.reset(token)
    else:
        options: dict[str, Any] = {"inner_max_num_threads": 1} if backend == "loky" else {}
        with parallel_config(backend, n_jobs=jobs, **options):
            yield


@contextmanager
def _dask(jobs: int, address: str | None) -> Iterator[None]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UserError("distributed is needed for backend dask; run: pip install 'spikelut[cluster]'") from None
    if address is None:
        with (
            LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster, set_as_default=True),
        ):
            yield
        return
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise UserError(f"scheduler {address} does not answer: {error}") from error
    with client:
        yield


@contextmanager
def _ray(jobs: int, address: str | None) -> Iterator[None]:
    try:
        import ray
    except ImportError:
        raise UserError("ray is needed for backend ray; run: pip install ray") from None
    try:
        ray.init(address=address, num_cpus=None if address else jobs, logging_level="warning")
    except (OSError, ValueError) as error:
        raise UserError(f"scheduler {address} does not answer: {error}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _worker_deaths() -> tuple[type[BaseException], ...]:
    """What is raised where a worker dies and its backend does not give its work to another."""
    if "distributed" not in sys.modules:
        return (BrokenProcessPool,)
    from distributed.scheduler import KilledWorker

    return BrokenProcessPool, KilledWorker
