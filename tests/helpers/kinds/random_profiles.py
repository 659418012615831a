"""Profiles drawn at random, as TOML text: every group, every allowed value, and the ends of what is allowed."""

import json
import random
from pathlib import Path
from typing import Any

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile

ROUNDINGS = ("floor", "trunc0", "half_up", "half_away", "half_even", "dpu")
OVERFLOWS = ("saturate", "wrap")


class ProfileDraw:
    """The groups of one profile; the same for the same number. Not all that is drawn is allowed together."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def maybe(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def some(self, **choices: Any) -> dict[str, Any]:
        """Of each key one of its values, or none: its default."""
        return {key: self.random.choice(values) for key, values in choices.items() if self.maybe(0.6)}

    def among(self, low: int, high: int) -> int:
        """A number, often at an end."""
        return self.random.choice((low, high, self.random.randint(low, high), self.random.randint(low, high)))

    def text(self) -> str:
        groups = self.groups()
        lines = ['name = "drawn"', 'title = "Drawn"', 'vendor = "Nobody"', f'kind = "{self.kind()}"']
        for name, group in groups.items():
            keys = [f"{key} = {json.dumps(value)}" for key, value in group.items()]
            lines += ["", f"[{name}]", *keys, 'source = "drawn"', 'status = "derived"']
        return "\n".join(lines) + "\n"

    def kind(self) -> str:
        return self.random.choice(("neuromorphic", "mcu", "fpga"))

    def groups(self) -> dict[str, dict[str, Any]]:
        bits = self.among(4, 32)
        signed = self.maybe(0.75)
        frac = self.random.randint(0, min(bits - 1 - signed, 30))
        one = 2**frac
        groups: dict[str, dict[str, Any]] = {"weight": self.weight(), "grid": {"frac": frac}}
        groups["membrane"] = self.register(bits, signed)
        groups["current"] = self.current(bits, frac)
        if self.maybe(0.3):
            groups["current_decay"] = self.decay(("multiply", "shift", "none", "linear"))
        groups["decay"] = self.decay(("multiply", "relax", "shift", "linear", "none"))
        if self.maybe(0.3):
            groups["readout_decay"] = self.decay(("multiply", "relax", "shift", "linear", "none"))
        if self.maybe(0.3):
            kind = self.decay(("multiply", "shift"))
            groups["adaptation"] = kind | {"bits": self.among(2, 30), "comparison": self.random.choice((">=", ">"))}
        if self.maybe(0.3):
            groups["refractory"] = {"max_steps": self.among(1, 2**20)}
        if self.maybe():
            groups["bias"] = self.bias()
        groups["threshold"] = self.threshold(bits, one)
        groups["step"] = self.step()
        if self.maybe(0.3):
            groups["events"] = {"order": "ascending"}
        if self.maybe(0.3):
            groups["delay"] = {"most": self.among(1, 255)} | self.some(per_synapse=(True, False))
        if self.maybe(0.2):
            groups["graded"] = self.graded()
        groups |= self.table(frac, groups["step"])
        groups["learning"] = {"rule": "none"}
        if self.maybe(0.1):
            groups["memory"] = {"table_bits": 2 ** self.random.randint(4, 24)}
        if self.maybe(0.2):
            limits = ("cores", "inputs", "fan_in", "fan_out", "chip_neurons")
            groups["capacity"] = {key: self.random.randint(1, 999) for key in limits if self.maybe()}
        return groups

    def weight(self) -> dict[str, Any]:
        low = self.random.randint(-31, 8) if self.maybe(0.2) else self.random.choice((0, 0, self.random.randint(-8, 3)))
        high = min(31, low + self.random.choice((0, 3, 15, 62)))
        group = {"bits": self.among(2, 16), "exponent_min": low, "exponent_max": high}
        shift = (0, 0, 1, 6, self.random.randint(0, 31))
        group |= self.some(rounding=ROUNDINGS, step=(1, 2, 4, 8, 16), shift=shift, per_channel=(True, False))
        sign = self.random.choice(({}, {}, {"narrow": True}, {"signed": False}))
        return group | sign

    def register(self, bits: int, signed: bool) -> dict[str, Any]:
        group: dict[str, Any] = {"bits": bits, "signed": signed, "overflow": self.random.choice(OVERFLOWS)}
        if signed and group["overflow"] == "saturate" and self.maybe(0.3):
            group["narrow"] = True
        return group | self.some(rounding=ROUNDINGS)

    def current(self, bits: int, frac: int) -> dict[str, Any]:
        width = self.random.choice((bits, self.among(2, 32)))
        group = self.register(width, self.maybe(0.9))
        most = self.random.choice((1, 3, 255, 2**16 - 1))
        group |= self.some(event_by_event=(True, False, False), input_first=(True, False))
        if self.maybe(0.2):
            group["accumulator_bits"] = self.among(8, 32)
        if self.maybe(0.3):
            group["max_events"] = most
        if self.maybe(0.2):
            group["frac"] = min(30, frac + self.random.randint(0, 12))
        return group

    def decay(self, kinds: tuple[str, ...]) -> dict[str, Any]:
        kind = self.random.choice(kinds)
        group: dict[str, Any] = {"kind": kind}
        if kind in ("multiply", "relax"):
            group["frac"] = self.among(1, 15)
        high = 2 ** (group["frac"] + 1) if "frac" in group else {"shift": 31, "linear": 2**16, "none": 0}[kind]
        if kind in ("multiply", "relax") and self.maybe(0.7):
            high //= 2
        low = self.random.choice((0, 0, high // 2, high))
        group |= {"min": low, "max": self.random.choice((high, self.random.randint(low, high)))}
        group |= self.some(rounding=ROUNDINGS, overflow=OVERFLOWS, factor_rounding=("floor", "half_even"))
        if kind == "shift":
            group |= self.some(minimum_step=(True, False))
        group |= self.some(per_neuron=(True, False))
        if self.maybe(0.1):
            group["one_within"] = self.random.choice((1e-6, 0.1, 0.5))
        return group

    def bias(self) -> dict[str, Any]:
        low = self.random.choice((0, 0, self.random.randint(0, 31)))
        group = {
            "bits": self.among(2, 32),
            "exponent_min": low,
            "exponent_max": min(31, low + self.random.choice((0, 7))),
        }
        options = self.some(narrow=(True, False), rounding=("floor", "half_even"), with_sum=(True, False))
        return group | options

    def threshold(self, bits: int, one: int) -> dict[str, Any]:
        comparison = self.random.choice((">=", ">"))
        group: dict[str, Any] = {"signed": self.maybe(0.3), "comparison": comparison}
        low = min(32, one.bit_length() + group["signed"])
        group["bits"] = self.random.choice((bits, 32, low, self.random.randint(low, 32)))
        if self.maybe(0.3):
            group["shift"] = self.random.randint(0, one.bit_length() - 1)
        return group | self.some(per_neuron=(True, False), rounding=("floor", "half_even"))

    def step(self) -> dict[str, Any]:
        orders = ("leak-input-compare-reset", "input-compare-leak-reset")
        order = "event-compare-reset" if self.maybe(0.1) else self.random.choice(orders)
        resets = self.random.choice((["zero"], ["subtract"], ["zero", "subtract"], ["subtract", "zero"]))
        group: dict[str, Any] = {"order": order, "resets": resets}
        if resets == ["subtract"] and self.maybe(0.4):
            group["max_spikes"] = self.among(1, 255)
            if self.maybe():
                group["max_output_spikes"] = self.random.randint(1, group["max_spikes"])
        group |= self.some(reset_overflow=OVERFLOWS, change_saturates=(True, False, False), windows=(True, False))
        if order == orders[1] and "max_spikes" not in group:
            group |= self.some(leak_or_reset=(True, False))
        if self.maybe(0.2):
            group["feedback"] = self.random.choice((1, 2, 255))
        return group

    def graded(self) -> dict[str, Any]:
        bits = self.among(8, 32)
        return {
            "state_bits": bits,
            "overflow": self.random.choice(OVERFLOWS),
            "message_bits": self.among(2, min(bits, 25)),
            "drop_max": self.random.randint(0, bits - 2),
            "threshold_bits": self.among(2, bits),
            "bias_bits": self.among(2, bits),
        }

    def table(self, frac: int, step: dict[str, Any]) -> dict[str, dict[str, Any]]:
        read = self.random.choice(("before_leak", "after_leak", "after_reset"))
        if read == "before_leak" and step["order"] != "input-compare-leak-reset":
            read = "after_leak"
        if read == "after_leak" and step.get("leak_or_reset"):
            read = "after_reset"
        value = self.some(rounding=ROUNDINGS, overflow=OVERFLOWS)
        value |= {"bits": self.among(2, 32), "signed": self.maybe()}
        if not value["signed"]:
            value |= self.some(negative=("refuse", "offset", "signed"))
        if self.maybe(0.2):
            value["frac"] = self.random.randint(-4, 40)
        if self.maybe(0.25):
            shape: dict[str, Any] = {"kind": "segments", "entries": self.among(2, 64)}
            if self.maybe(0.5):
                shape["entries"] = self.random.randint(2, 6)
            shape |= self.some(breakpoint_bits=(8, 16, 24, 32))
            fill: dict[str, Any] = {
                "low": -(2.0 ** self.random.randint(-2, 4)),
                "high": 2.0 ** self.random.randint(-2, 4),
            }
            fill |= self.some(fit=("minimax", "least_squares"))
        else:
            shape, fill = self.uniform(frac)
        fill |= self.some(arithmetic=("float64", "float64", "float32"))
        return {"table": {"read": read} | shape, "table_fill": fill, "table_value": value}

    def uniform(self, frac: int) -> tuple[dict[str, Any], dict[str, Any]]:
        power = self.maybe(0.6)
        cells = 2 ** self.random.randint(1, 12) if power else self.random.randint(2, 600)
        if self.maybe(0.03):
            cells = 65536 if power else self.random.randint(600, 65535)
        shape: dict[str, Any] = {"kind": "uniform", "entries": cells}
        shape |= self.some(out_of_range=("clamp", "zero"))
        if self.maybe(0.35):
            width = 2 ** self.random.randint(0, 10)
            bits = self.random.randint(1, 30) if self.maybe(0.3) else width.bit_length()
            shape |= {"interpolation": self.random.choice(("linear", "linear_complement")), "interpolation_bits": bits}
            shape |= self.some(interpolation_rounding=ROUNDINGS, end=("hold", "extra_entry"))
            shape["entries"] += shape.get("end") == "extra_entry"
            sampling: tuple[str, ...] = ("left", "midpoint_corrected")
        elif self.maybe():
            width = 2 ** self.random.randint(0, 12)
            shape |= self.some(index_rounding=ROUNDINGS)
            sampling = ("left", "centre")
        else:
            width = 0
            shape |= {"index": "ratio"} | self.some(index_rounding=ROUNDINGS)
            sampling = ("left", "centre")
        if shape.get("interpolation") is None and power and self.maybe(0.3):
            shape["order"] = "twos_complement"
        if self.maybe(0.3) and cells % 2 == 0:
            shape["symmetric"] = True
        low = -cells // 2 if "symmetric" in shape or self.maybe() else self.random.randint(-cells, 0)
        cell = width * 2.0**-frac if width else self.random.choice((1.0, 3.0, 5.0)) * 2.0 ** -self.random.randint(2, 12)
        return shape, {"low": low * cell, "high": (low + cells) * cell} | self.some(sampling=sampling)


def drawn_profile(seed: int, folder: Path) -> Profile:
    """The profile of a seed, written to a file and read; ValueError where its groups are not allowed together."""
    path = folder / "drawn.toml"
    path.write_text(ProfileDraw(seed).text())
    return hw_profiles.load(path)
