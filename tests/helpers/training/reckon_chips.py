"""ReckOn chips drawn by chance."""

import numpy as np

from spikelut.quant.chips.reckon import Chip, Registers
from spikelut.quant.chips.reckon.registers import SEEDS

SHIFTS = ("fp_loc_winp", "fp_loc_wrec", "fp_loc_wout", "fp_loc_tinp", "fp_loc_trec", "fp_loc_tout")


def drawn(seed: int) -> Chip:
    """A chip of any size, with registers at their ends too."""
    rng = np.random.default_rng(seed)
    inputs, neurons, outputs = int(rng.integers(1, 40)), 2 * int(rng.integers(1, 20)), int(rng.integers(1, 17))
    values = {"num_inp_neur": inputs - 1, "num_rec_neur": neurons - 1, "num_out_neur": outputs - 1}
    values |= {name: int(rng.integers(0, 8)) for name in SHIFTS}
    values |= {name: int(rng.integers(0, 2**32)) for name in SEEDS}
    values |= {name: int(rng.integers(0, 2)) for name in ("rst_mode", "no_out_act", "noise_en", "force_traces")}
    values |= {"en_stoch_round": int(rng.random() < 0.7), "do_eprop": int(rng.choice([1, 2, 3, 4, 5, 6, 7, 7]))}
    values |= {"kappa": int(rng.choice([0, 100, 121, 128, 255])), "noise_str": int(rng.integers(6, 16))}
    values |= {f"thr_h_{k}": int(rng.integers(-2000, 2000)) for k in range(4)}
    values |= {f"h_{k}": int(rng.integers(-16, 16)) for k in range(5)}
    values |= {"learn_sig_scale": int(rng.integers(0, 16))}
    kinds = ("winp", "wrec", "wout")
    values |= {f"lr_p_{kind}": int(rng.integers(8, 32)) for kind in kinds}
    values |= {f"lr_r_{kind}": int(rng.integers(0, 4)) for kind in kinds}
    values |= {"regul_mode": int(rng.choice([0, 1, 2, 2, 3])), "regul_w": int(rng.integers(0, 4))}
    values |= {"regul_f0": int(rng.integers(0, 12)), "regul_k_mul": int(rng.integers(0, 6))}
    values |= {f"regul_k_{kind}_{way}": int(rng.integers(0, 32)) for kind in ("inp", "rec") for way in "pr"}
    registers = Registers(**values)
    alpha = rng.choice([28672, 31000, 32700, 32767, 32768, 36863], registers.pairs)
    shapes = (inputs, neurons), (neurons, neurons), (neurons, outputs)
    w_inp, w_rec, w_out = (rng.integers(-128, 128, shape) for shape in shapes)
    return Chip(registers, alpha, rng.integers(1, 3000, registers.pairs), w_inp, w_rec, w_out)
