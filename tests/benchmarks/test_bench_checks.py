"""The benchmark's other processes, and the comparisons that stand before its times."""

from collections.abc import Iterator
from pathlib import Path

import bench_command
import pytest
from bench_backends import backends, use
from bench_case import Unavailable, Unequal
from bench_remote import Remote, Worker

import spikelut

SPEED = Path(bench_command.__file__).parent

PROGRAM = """
import sys
sys.path.insert(0, {speed!r})
from bench_serve import serve
def work(text):
    print("it talks")
    return lambda: print(text)

def fails():
    raise ValueError("no such thing")

serve({{"work": work, "fails": fails}}, {{"threads": lambda: int(sys.argv[1])}})
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(speed=str(SPEED)))
    started = Worker(program, 3)
    yield started
    started.close()


def test_a_process_is_timed_by_itself(worker: Worker) -> None:
    assert worker.ask("value", kind="threads", **{"with": {}}) == 3
    made = [worker.ask("make", kind="work", **{"with": {"text": "x"}}) for _ in range(2)]
    assert made == [0, 1]
    assert Remote(worker, 1).seconds(3) > 0
    worker.ask("drop")
    with pytest.raises(Unavailable, match="KeyError"):
        Remote(worker, 1).seconds(1)


@pytest.mark.parametrize(("do", "says"), [("make", "ValueError: no such thing"), ("other", "do must be make")])
def test_what_goes_wrong_there_is_told_here(worker: Worker, do: str, says: str) -> None:
    with pytest.raises(Unavailable, match=says):
        worker.ask(do, kind="fails", **{"with": {}})
    assert worker.ask("value", kind="threads", **{"with": {}}) == 3


def test_a_process_that_ends_is_unavailable(tmp_path: Path) -> None:
    program = tmp_path / "ends.py"
    program.write_text("raise SystemExit(5)\n")
    gone = Worker(program, 1)
    with pytest.raises(Unavailable, match="ended with 5"):
        gone.ask("drop")
    gone.close()


@pytest.fixture(params=["torch", "native"])
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """In use for a test."""
    if request.param not in backends():
        pytest.skip("needs the native kernels")
    before = getattr(spikelut, "get_backend", lambda: "")()
    use(request.param)
    yield request.param
    use(before)


@pytest.mark.parametrize("name", ["spike", "lif", "cuba", "state", "train", "recurrent", "packed"])
def test_ours_computes_what_the_readable_path_does(name: str, backend: str) -> None:
    pytest.importorskip("brevitas")
    assert bench_command.CASES[name].check() > 10_000


def test_a_readable_path_that_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import bench_case_lif
    import bench_case_state
    from bench_readable import lif as readable

    monkeypatch.setattr(
        bench_case_lif, "lif", lambda x, spike, beta, reset, alpha: readable(x, spike, 0.4, reset, alpha)
    )
    with pytest.raises(Unequal, match=r"^FloatLIF, Arctan, spikes"):
        bench_command.CASES["lif"].check()
    monkeypatch.setattr(bench_case_state, "quantize_state", lambda x, levels: x)
    with pytest.raises(Unequal, match=r"^2 bits"):
        bench_command.CASES["state"].check()
