"""The configuration registers that decide what the chip computes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from spikelut._checks import require, require_int
from spikelut._text import brief

_BITS = {
    "rst_mode": 1,
    "do_eprop": 3,
    **dict.fromkeys(("fp_loc_winp", "fp_loc_wrec", "fp_loc_wout", "fp_loc_tinp", "fp_loc_trec", "fp_loc_tout"), 3),
    "learn_sig_scale": 4,
    "regul_mode": 3,
    "regul_w": 2,
    **dict.fromkeys(("en_stoch_round", "regression", "single_label", "no_out_act", "noise_en", "force_traces"), 1),
    "kappa": 8,
    **dict.fromkeys(("thr_h_0", "thr_h_1", "thr_h_2", "thr_h_3"), -16),
    **dict.fromkeys(("h_0", "h_1", "h_2", "h_3", "h_4"), -5),
    **dict.fromkeys([f"lr_{way}_{kind}" for way in "rp" for kind in ("winp", "wrec", "wout")], 5),
    **dict.fromkeys(("seed_inp", "seed_rec"), 25),
    "seed_out": 22,
    **dict.fromkeys(("seed_strnd_neur", "seed_strnd_tinp", "seed_strnd_trec", "seed_strnd_tout"), 30),
    "seed_strnd_oneur": 15,
    "seed_noise_neur": 17,
    "num_inp_neur": 8,
    "num_rec_neur": 8,
    "num_out_neur": 4,
    "regul_f0": 12,
    **dict.fromkeys(("regul_k_inp_r", "regul_k_inp_p", "regul_k_rec_r", "regul_k_rec_p", "regul_k_mul"), 5),
    "noise_str": 4,
}
"""Their widths; negative of signed ones."""

SEEDS = {
    "seed_inp": 1,
    "seed_rec": 0x0424242,
    "seed_out": 1,
    "seed_strnd_neur": 0x70F0 << 15 | 0x1234,
    "seed_strnd_oneur": 0x7ABA,
    "seed_strnd_tinp": 0x7FCF << 15 | 0x1348,
    "seed_strnd_trec": 0x7BEA << 15 | 0x4321,
    "seed_strnd_tout": 0x7EF0 << 15 | 0x3FF3,
    "seed_noise_neur": 0x1F0F1,
}
"""What the generators hold after a reset of the chip."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Registers:
    """ReckOn's configuration registers, by the names of its documentation without `SPI_`.

    Their widths are checked; those of 16 and 5 bits of the pseudo-derivative are signed. Left out are those that change
    no number: clocks, debugging, how and when results are sent.

    Network:
    - `num_inp_neur`, `num_rec_neur`, `num_out_neur`: inputs, recurrent neurons, outputs, each less one. Recurrent
      neurons come in pairs.
    - `rst_mode`: 1 resets to zero, 0 by subtraction. `kappa`: decay of outputs, unsigned 1.7.
    - `fp_loc_winp`, `fp_loc_wrec`, `fp_loc_wout`: left shifts of weights where they are added.
    - `noise_en`, `noise_str`: noise in membranes, shifted right by so many bits.
    - `en_stoch_round`: membranes, outputs and traces decay with rounding by chance.

    Learning:
    - `do_eprop`: bit 0 input weights, bit 1 recurrent ones, bit 2 those of outputs.
    - `fp_loc_tinp`, `fp_loc_trec`, `fp_loc_tout`: an event adds 8, 8 and 2 to a trace, shifted left by these.
      `force_traces`: traces are kept where their weights do not learn.
    - `thr_h_0` to `thr_h_3`, `h_0` to `h_4`: the pseudo-derivative. The first threshold that the membrane is below.
    - `learn_sig_scale`: left shift of learning signals.
    - `lr_p_*`, `lr_r_*`: left and right shifts of what the chance of an update is: learning rates.
    - `regression`: targets are numbers, not a class. `single_label`: the class comes once in a sample, else in every
      step. `no_out_act`: outputs are compared as they are, not their hard sigmoid.
    - `regul_mode`: bit 0 multiplicative, bit 1 additive regularisation of weights to neurons whose recurrent trace is
      above `regul_f0`; `regul_w`: bit 0 of input, bit 1 of recurrent weights; `regul_k_*` are its shifts.
    - `seed_*`: of the generators, words of which a register keeps the low bits. Left out, what a reset sets.

    Raises ValueError for a register that does not hold its value, an odd number of recurrent neurons, and
    regularisation in every step (bit 2 of `regul_mode`): no run of the chip that we know of pins these two.
    Source: ChFrenkel/ReckOn 5e5c0bea doc/README.md 3, src/srnn.v.

    ```pycon
    >>> registers = quant.reckon.Registers(num_inp_neur=39, num_rec_neur=99, num_out_neur=1, lr_p_winp=8)
    >>> registers.inputs, registers.neurons, registers.outputs, registers.lr_p_winp
    (40, 100, 2, 8)
    ```
    """

    num_inp_neur: int
    num_rec_neur: int
    num_out_neur: int
    rst_mode: int = 0
    kappa: int = 0x7A
    fp_loc_winp: int = 0
    fp_loc_wrec: int = 0
    fp_loc_wout: int = 0
    noise_en: int = 0
    noise_str: int = 0
    en_stoch_round: int = 0
    do_eprop: int = 7
    fp_loc_tinp: int = 0
    fp_loc_trec: int = 0
    fp_loc_tout: int = 0
    force_traces: int = 0
    thr_h_0: int = 0
    thr_h_1: int = 0
    thr_h_2: int = 0
    thr_h_3: int = 0
    h_0: int = 0
    h_1: int = 0
    h_2: int = 0
    h_3: int = 0
    h_4: int = 1
    learn_sig_scale: int = 0
    lr_p_winp: int = 0
    lr_r_winp: int = 0
    lr_p_wrec: int = 0
    lr_r_wrec: int = 0
    lr_p_wout: int = 0
    lr_r_wout: int = 0
    regression: int = 0
    single_label: int = 1
    no_out_act: int = 0
    regul_mode: int = 0
    regul_w: int = 0
    regul_f0: int = 0
    regul_k_inp_p: int = 0
    regul_k_inp_r: int = 0
    regul_k_rec_p: int = 0
    regul_k_rec_r: int = 0
    regul_k_mul: int = 0
    seed_inp: int = SEEDS["seed_inp"]
    seed_rec: int = SEEDS["seed_rec"]
    seed_out: int = SEEDS["seed_out"]
    seed_strnd_neur: int = SEEDS["seed_strnd_neur"]
    seed_strnd_oneur: int = SEEDS["seed_strnd_oneur"]
    seed_strnd_tinp: int = SEEDS["seed_strnd_tinp"]
    seed_strnd_trec: int = SEEDS["seed_strnd_trec"]
    seed_strnd_tout: int = SEEDS["seed_strnd_tout"]
    seed_noise_neur: int = SEEDS["seed_noise_neur"]

    def __post_init__(self) -> None:
        for field in fields(self):
            bits, value = _BITS[field.name], getattr(self, field.name)
            low, high = (0, 2**bits - 1) if bits > 0 else (-(2 ** (-bits - 1)), 2 ** (-bits - 1) - 1)
            if field.name in SEEDS:  # of the word that is written the register keeps what it holds
                require_int(self, field.name, value, 0, 2**32 - 1)
                object.__setattr__(self, field.name, value & high)
            else:
                require_int(self, field.name, value, low, high)
        require(self.num_rec_neur % 2 == 1, self, "recurrent neurons must come in pairs", self.neurons)
        message = "regul_mode must be 0..3: regularisation in every step is not known to be right"
        require(self.regul_mode < 4, self, message, self.regul_mode)

    def __repr__(self) -> str:
        return brief(self, f"{self.inputs} inputs", f"{self.neurons} neurons", f"{self.outputs} outputs")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Registers":
        """Those among `values`, by their names; others are left aside.

        ```pycon
        >>> values = {"num_inp_neur": 9, "num_rec_neur": 19, "num_out_neur": 1, "timing_mode": 0}
        >>> quant.reckon.Registers.of(values)
        Registers(10 inputs, 20 neurons, 2 outputs)
        ```
        """
        return cls(**{field.name: int(values[field.name]) for field in fields(cls) if field.name in values})

    @property
    def inputs(self) -> int:
        """How many inputs there are."""
        return self.num_inp_neur + 1

    @property
    def neurons(self) -> int:
        """How many recurrent neurons there are."""
        return self.num_rec_neur + 1

    @property
    def outputs(self) -> int:
        """How many outputs there are."""
        return self.num_out_neur + 1

    @property
    def places(self) -> int:
        """How many neurons a time step goes through: the most of inputs, neurons and outputs."""
        return max(self.inputs, self.neurons, self.outputs)

    @property
    def pairs(self) -> int:
        """How many pairs these are."""
        return (self.places + 1) // 2

    @property
    def edges(self) -> tuple[int, ...]:
        """The thresholds of the pseudo-derivative."""
        return self.thr_h_0, self.thr_h_1, self.thr_h_2, self.thr_h_3

    @property
    def slopes(self) -> tuple[int, ...]:
        """Its values."""
        return self.h_0, self.h_1, self.h_2, self.h_3, self.h_4
