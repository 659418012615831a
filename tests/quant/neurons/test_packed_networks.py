"""Networks whose spikes are kept as bits: gradients, memory, and what torch does around them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend, needs_native
from sample_networks import spikes
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils.checkpoint import checkpoint

from spikelut import hw_profiles, quant
from spikelut.quant.neurons.packed_spikes import packed_spikes
from spikelut.surrogates import Arctan

GENERIC = hw_profiles.load("generic8")
TABLE = quant.LUTSurrogate(Arctan(alpha=2.0), GENERIC)
BACKENDS = ["torch", pytest.param("native", marks=needs_native)]


@pytest.fixture(params=BACKENDS, autouse=True)
def used(request: pytest.FixtureRequest) -> Any:
    with backend(request.param):
        yield request.param


def held(call: Callable[[], Any]) -> tuple[Any, list[Any]]:
    """What `call` returns under `packed_spikes`, and all that it saves there."""
    hooks, found = packed_spikes(), []

    def noted(tensor: Tensor) -> Any:
        found.append(hooks.pack_hook(tensor))
        return found[-1]

    with torch.autograd.graph.saved_tensors_hooks(noted, hooks.unpack_hook):
        return call(), found


def gradients(call: Callable[[], Tensor], *of: Tensor, packed: bool) -> tuple[Tensor, ...]:
    """Of a sum of squares."""
    with packed_spikes() if packed else torch.enable_grad():
        out = call()
    return torch.autograd.grad(out.square().sum(), of)


def same(found: tuple[Tensor, ...], wanted: tuple[Tensor, ...]) -> bool:
    return len(found) == len(wanted) > 0 and all(map(torch.equal, found, wanted))


class Conv(nn.Module):
    """Two convolutions, the second over spikes [T, B, C, H, W]; the layout of channels is that of the input."""

    def __init__(self, neuron: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(2, 8, 3, padding=1), nn.Conv2d(8, 4, 3)
        self.neuron, self.pool = neuron(), nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        fired: Tensor = self.neuron(self.first(x.flatten(0, 1)).reshape(*x.shape[:2], 8, *x.shape[3:]))
        return torch.as_tensor(self.pool(self.second(fired.flatten(0, 1))))


NEURONS: dict[str, Callable[[], nn.Module]] = {
    "integer": lambda: quant.LIF(GENERIC, TABLE),
    "integer, zero": lambda: quant.LIF(GENERIC, TABLE, reset="zero"),
    "float": lambda: quant.FloatLIF(TABLE),
    "float, zero": lambda: quant.FloatLIF(TABLE, reset="zero"),
    "float, curve": lambda: quant.FloatLIF(Arctan(alpha=2.0)),
}


@pytest.mark.parametrize("name", NEURONS)
@pytest.mark.parametrize("last", [False, True])
def test_gradients_of_convolutions(name: str, last: bool) -> None:
    torch.manual_seed(0)
    model, x = Conv(NEURONS[name]), torch.randn(5, 3, 2, 9, 10)
    if last:
        x = x.flatten(0, 1).to(memory_format=torch.channels_last).view(5, 3, 2, 9, 10)
    of = [x.requires_grad_(), *model.parameters()]
    _, kept = held(lambda: model(x))
    assert any(hasattr(one, "bits") for one in kept)
    assert same(*(gradients(lambda: model(x), *of, packed=packed) for packed in (True, False)))


def test_gradients_of_quantised_weights() -> None:
    pytest.importorskip("brevitas")
    torch.manual_seed(0)
    linears = [quant.QuantLinear(64, 64, profile=GENERIC) for _ in range(2)]
    model = nn.Sequential(linears[0], quant.LIF(GENERIC, TABLE), linears[1], quant.LIF(GENERIC, TABLE))
    for linear in linears:
        nn.init.normal_(linear.weight, std=0.3)
    x = spikes(20, 8, 64)
    weights = list(model.parameters())
    _, kept = held(lambda: model(x))
    assert sum(hasattr(one, "bits") for one in kept) == 2
    assert same(*(gradients(lambda: model(x), *weights, packed=packed) for packed in (True, False)))


def saved_bytes(kept: list[Any], *known: Tensor) -> int:
    """The bytes that are held, each storage once."""
    storages = {one.held.untyped_storage().data_ptr(): one.held.untyped_storage().nbytes() for one in kept}
    for tensor in known:
        storages.pop(tensor.untyped_storage().data_ptr(), None)
    return sum(storages.values())


@pytest.mark.parametrize(("name", "size"), [(n, 4 + 1 / 8 if "curve" in n else 1 + 1 / 8) for n in NEURONS])
def test_bytes_an_element(name: str, size: float) -> None:
    """A place in the table, or of a curve the membrane, and a bit; spikes that set a membrane to zero are the same."""
    model = nn.Sequential(NEURONS[name](), nn.Linear(64, 64))
    x = (torch.rand(32, 16, 64) * 0.4).requires_grad_()
    _, kept = held(lambda: model(x))
    assert saved_bytes(kept, x, *model.parameters()) == size * x.numel()


def test_nothing_is_kept_alive() -> None:
    w = torch.randn(64, 64, requires_grad=True)
    packed, dense = spikes(64, 64), torch.randn(64, 64)
    with packed_spikes():
        fired = packed * w.sign()
        fired = fired * fired  # saved by two nodes, of which one is its own
        rate = (dense * w).exp()
        out = (fired @ w) * rate
    watched = [StorageWeakRef(v.untyped_storage()) for v in (packed, fired, rate)]  # type: ignore[no-untyped-call]
    del packed, fired
    assert [ref.expired() for ref in watched] == [True, True, False]  # type: ignore[no-untyped-call]
    del rate, out
    assert watched[2].expired()  # type: ignore[no-untyped-call]


def test_memory_that_changed_is_packed_again() -> None:
    w = torch.randn(64, 64, requires_grad=True)
    wanted = spikes(2, 64, 64)
    fired = wanted[0] + 0 * w
    with packed_spikes():
        first = fired @ w
        with torch.no_grad():
            fired.copy_(wanted[1])
        second = fired @ w
    for out, one in ((first, wanted[0]), (second, wanted[1])):
        assert torch.equal(torch.autograd.grad(out.sum(), w, retain_graph=True)[0], _weight_gradient(one))
    memory = np.zeros((64, 64), dtype=np.float32)
    shared = torch.from_numpy(memory)
    with packed_spikes():
        outs = []
        for one in wanted:  # NumPy's changes are no new version
            memory[:] = one.numpy()
            outs.append(shared @ w)
    for out, one in zip(outs, wanted, strict=True):
        assert torch.equal(torch.autograd.grad(out.sum(), w)[0], _weight_gradient(one))


def _weight_gradient(fired: Tensor) -> Tensor:
    w = torch.zeros(64, 64, requires_grad=True)
    return torch.autograd.grad((fired @ w).sum(), w)[0]


def test_what_was_kept_must_not_change() -> None:
    x, w = torch.randn(64, 64), torch.randn(64, 64, requires_grad=True)
    with packed_spikes():
        out = x @ w
    x += 1
    message = r"^packed_spikes: a tensor .* inplace operation: \(64, 64\), expected version 0, got 1$"
    with pytest.raises(RuntimeError, match=message):
        out.sum().backward()  # type: ignore[no-untyped-call]
    with packed_spikes():  # an operation in place saves its result
        out = (x * w).sigmoid_()
    out.sum().backward()  # type: ignore[no-untyped-call]


def test_second_derivatives() -> None:
    x, w = (torch.randn(64, 64, dtype=torch.float64, requires_grad=True) for _ in range(2))

    def second(packed: bool) -> tuple[Tensor, ...]:
        with packed_spikes() if packed else torch.enable_grad():
            soft = x.sigmoid()
            fired = (x > 0).double() + (soft - soft.detach())
            first = torch.autograd.grad((fired @ w).sin().sum(), [x, w], create_graph=True)
        return torch.autograd.grad(sum((g.square().sum() for g in first), torch.zeros(())), [x, w])

    assert same(second(True), second(False))


def test_vmap_and_batched_gradients() -> None:
    x, w = spikes(64, 64), torch.randn(3, 64, 64, requires_grad=True)

    def mapped() -> Tensor:
        return torch.as_tensor(torch.vmap(lambda one: x @ one)(w))

    assert same(*(gradients(mapped, w, packed=packed) for packed in (True, False)))
    with packed_spikes():
        out = (x @ w[0]).sum(0)
    batch = torch.eye(64)
    found = torch.autograd.grad(out, w, batch, is_grads_batched=True, retain_graph=True)[0]
    assert torch.equal(found[3], torch.autograd.grad(out, w, batch[3])[0])


@pytest.mark.parametrize("outside", [False, True])
def test_checkpoints(outside: bool) -> None:
    x, w = torch.randn(64, 64, requires_grad=True), torch.randn(64, 64, requires_grad=True)

    def network(v: Tensor) -> Tensor:
        return ((v > 0).float() + 0 * v).square() @ w

    def inside(v: Tensor) -> Tensor:
        with packed_spikes():
            return network(v)

    def both() -> Tensor:
        return torch.as_tensor(checkpoint(network if outside else inside, x, use_reentrant=False))

    found = gradients(both, w, packed=outside)
    assert same(found, gradients(lambda: network(x), w, packed=False))


def test_autocast() -> None:
    layer, x = nn.Linear(64, 64), spikes(64, 64)
    with torch.autocast("cpu", torch.bfloat16):
        _, kept = held(lambda: layer(x))
        found, wanted = (gradients(lambda: layer(x), layer.weight, packed=packed) for packed in (True, False))
    assert [one.dtype for one in kept if hasattr(one, "bits")] == [torch.bfloat16]
    assert same(found, wanted)


def test_compiled_networks() -> None:
    layer, x = nn.Linear(64, 64), spikes(64, 64)

    def network(v: Tensor) -> Tensor:
        return torch.as_tensor(layer(v * 1.0).sin())

    compiled: Any = torch.compile(network, backend="aot_eager")
    wanted = gradients(lambda: network(x), *layer.parameters(), packed=False)
    for _ in range(2):
        assert same(gradients(lambda: compiled(x), *layer.parameters(), packed=True), wanted)
    _, kept = held(lambda: compiled(x))
    assert sum(hasattr(one, "bits") for one in kept) == 1

    def within(v: Tensor) -> Tensor:
        with packed_spikes():
            return torch.as_tensor(layer(v * 1.0).sin())

    inside: Any = torch.compile(within, backend="aot_eager")
    assert same(gradients(lambda: inside(x), *layer.parameters(), packed=False), wanted)


def test_gradients_of_func_refuse_hooks() -> None:
    with packed_spikes(), pytest.raises(RuntimeError, match="saved tensor hooks"):
        torch.func.grad(lambda w: w.square().sum())(torch.ones(3))
