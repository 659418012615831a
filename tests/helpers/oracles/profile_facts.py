"""What is known of the chips, written down once more from their documentation, for comparison with the profiles."""

FACTS = {
    # Lava's bit-accurate LIF: 24-bit u (wraps) and v (clipped to ±(2**23 - 1)), v * (4096 - dv) >> 12 toward zero,
    # input << 6, weights -256..254 in steps of 2, v > mantissa << 6 with 17 unsigned bits, reset to zero, 7-bit traces.
    # Refractory delays of 1..63, of which one is the step of the spike.
    # ATRLIF: theta and r decay as v does, are declared with 24 bits, and v - r >= theta spikes.
    # Sigma, delta and sigma-delta in int32, which NumPy wraps; ports are declared with 24 bits, state_exp with 3.
    "loihi2": """
        current = {bits = 24, overflow = "wrap"}
        membrane = {bits = 24, overflow = "saturate", narrow = true}
        decay = {kind = "multiply", frac = 12, min = 1, max = 4096, rounding = "trunc0"}
        weight = {bits = 8, step = 2, shift = 6, exponent_min = -8, exponent_max = 7}
        threshold = {bits = 17, signed = false, shift = 6, comparison = ">"}
        step = {order = "leak-input-compare-reset", resets = ["zero"]}
        table_value = {bits = 7, signed = false}
        bias = {bits = 13, exponent_max = 7, narrow = false}
        graded = {state_bits = 32, overflow = "wrap", message_bits = 24, drop_max = 7}
        refractory = {max_steps = 62}
        adaptation = {kind = "multiply", frac = 12, max = 4096, rounding = "trunc0", bits = 24, comparison = ">="}
        """,
    # ReckOn's RTL: 16-bit saturating adds, int8 weights shifted by a 3-bit field, u * alpha >> 15 (floor, wraps) with
    # alpha's top four bits 7 or 8, u >= thr before the leak, a subtraction that wraps, four breakpoints, 5-bit values.
    # Output neurons leak by an unsigned Q1.7 factor.
    "reckon": """
        current = {bits = 16, overflow = "saturate", narrow = false, event_by_event = true}
        membrane = {bits = 16, overflow = "saturate", narrow = false}
        decay = {kind = "multiply", frac = 15, min = 0x7000, max = 0x8fff, rounding = "floor", overflow = "wrap"}
        weight = {bits = 8, step = 1, shift = 0, exponent_min = 0, exponent_max = 7}
        threshold = {bits = 16, signed = true, shift = 0, comparison = ">="}
        step = {order = "input-compare-leak-reset", resets = ["subtract", "zero"], reset_overflow = "wrap"}
        table = {read = "after_reset", kind = "segments", entries = 5, breakpoint_bits = 16}
        table_value = {bits = 5, signed = true}
        readout_decay = {kind = "multiply", frac = 7, min = 0, max = 255, rounding = "floor", overflow = "wrap"}
        """,
    # Xylo's simulator: 16-bit states that saturate, int8 weights shifted left, decays by shift of at least one, 4-bit
    # dashes, v >= threshold, up to 31 spikes, each subtracting; one of output neurons.
    "xylo": """
        weight = {bits = 8}
        current = {bits = 16, overflow = "saturate", event_by_event = true, max_events = 15}
        bias = {bits = 16, exponent_max = 0, narrow = false}
        current_decay = {kind = "shift", min = 0, max = 15, rounding = "floor", minimum_step = true}
        membrane = {bits = 16, overflow = "saturate"}
        decay = {kind = "shift", min = 0, max = 15, rounding = "floor", minimum_step = true}
        threshold = {bits = 16, signed = true, comparison = ">="}
        step = {order = "leak-input-compare-reset", resets = ["subtract"], max_spikes = 31, max_output_spikes = 1}
        learning = {rule = "none"}
        """,
    # The RTL of ODIN and tinyODIN: an unsigned 8-bit and a signed 12-bit membrane, a 7-bit linear leak, comparison at
    # every event, reset to zero; 3-bit magnitudes with a sign per input, 4-bit weights.
    "odin": """
        weight = {bits = 4, narrow = true}
        membrane = {bits = 8, signed = false, overflow = "saturate"}
        decay = {kind = "linear", min = 0, max = 127}
        threshold = {bits = 8, signed = false, comparison = ">="}
        step = {order = "event-compare-reset", resets = ["zero"]}
        learning = {rule = "sdsp", weight_bits = 3, trace_bits = 3}
        """,
    "tinyodin": """
        weight = {bits = 4, narrow = false}
        membrane = {bits = 12, signed = true, overflow = "saturate"}
        decay = {kind = "linear", min = 0, max = 127}
        threshold = {bits = 12, signed = true, comparison = ">="}
        step = {order = "event-compare-reset", resets = ["zero"]}
        learning = {rule = "none"}
        """,
    # Spiker+'s VHDL: saturating additions, a shift that floors, v > v_th, fixed or subtractive reset in place of a
    # leak, parameters truncated. Widths searched: weights 4 to 8.
    "spikerplus": """
        weight = {bits = 8, rounding = "trunc0", exponent_min = 0, exponent_max = 0, shift = 0}
        current = {overflow = "saturate", event_by_event = true, max_events = 1}
        membrane = {bits = 16, signed = true, overflow = "saturate", narrow = false}
        decay = {kind = "shift", rounding = "floor", minimum_step = false}
        threshold = {bits = 16, signed = true, comparison = ">", per_neuron = true}
        step = {order = "input-compare-leak-reset", resets = ["zero", "subtract"], leak_or_reset = true, feedback = 2}
        learning = {rule = "none"}
        """,
    # SNE's lif_neuron: 4-bit weights without a sign, an unsigned 8-bit membrane, a linear leak of 8 bits, v > threshold
    # at every event, a reset to a voltage.
    "sne": """
        weight = {bits = 5, signed = false, exponent_min = 0, exponent_max = 4}
        membrane = {bits = 8, signed = false, overflow = "saturate"}
        decay = {kind = "linear", min = 0, max = 255}
        threshold = {bits = 8, signed = false, comparison = ">"}
        step = {order = "event-compare-reset", resets = ["zero"]}
        learning = {rule = "none"}
        """,
    # Akida's table: 2048 entries, an 11-bit index after a shift that rounds half up, 14-bit values.
    "akida2": """
        weight = {bits = 8}
        membrane = {bits = 11, overflow = "saturate"}
        table = {kind = "uniform", entries = 2048, index_rounding = "half_up", out_of_range = "clamp"}
        table_value = {bits = 14, signed = true, rounding = "half_even"}
        learning = {rule = "binary_last_layer", weight_bits = 1}
        memory = {table_bits = 65536}
        """,
    # BrainScaleS-2: 6-bit magnitudes rounded away from zero, an 8-bit converter that floors, 8-bit fractions.
    "brainscales2": """
        weight = {bits = 7, narrow = true, rounding = "half_away"}
        membrane = {bits = 8, overflow = "saturate"}
        table = {index_rounding = "floor"}
        table_value = {bits = 8, signed = true}
        memory = {table_bits = 131072}
        """,
    # SpiNNaker 1: s16.15 saturating, products rounded half up, int16 tables with 2**11 for one, floored, zero beyond.
    "spinnaker1": """
        membrane = {bits = 32, overflow = "saturate"}
        grid = {frac = 15}
        decay = {kind = "relax", frac = 15, max = 32768, rounding = "half_up"}
        threshold = {comparison = ">="}
        step = {resets = ["zero"]}
        table = {index_rounding = "floor", out_of_range = "zero", interpolation = "none"}
        table_value = {bits = 16, signed = true, frac = 11, rounding = "floor"}
        exponential = {low = -340695, high = 363408}
        memory = {table_bits = 524288}
        """,
    "speck2f": """
        weight = {bits = 8}
        membrane = {bits = 16}
        decay = {kind = "none"}
        threshold = {bits = 16}
        step = {resets = ["subtract", "zero"]}
        """,
    # TFLite Micro: 256 entries read by a byte; 513 interpolated over 7 bits, corrected at mid-points; float32.
    "tflm_int8": """
        table = {entries = 256, order = "twos_complement", interpolation = "none", out_of_range = "clamp"}
        table_fill = {sampling = "left", arithmetic = "float32"}
        table_value = {bits = 8, signed = true, rounding = "half_away", overflow = "saturate"}
        """,
    "tflm_int16": """
        table = {entries = 513, interpolation = "linear", interpolation_bits = 7, interpolation_rounding = "half_up"}
        table_fill = {sampling = "midpoint_corrected", arithmetic = "float32"}
        table_value = {bits = 16, signed = true, rounding = "half_away", overflow = "saturate"}
        logistic = {entries = 256, per_unit = 24, frac = 16}
        """,
    # CMSIS-DSP: Q12.20, two weights that add up to 2**20 - 1, floor, ends held.
    "cortexm_q15": """
        table = {interpolation = "linear_complement", interpolation_bits = 20, interpolation_rounding = "floor"}
        table_value = {bits = 16, signed = true}
        memory = {table_bits = 65536}
        """,
    # hls4ml's nnet_snn.h: v = membrane_t(beta * mem) + membrane_t(data), v >= threshold, subtract or zero; all types,
    # and constants cast to them, ap_fixed<16,6>, which truncates and wraps; beta within 1e-6 of 1 makes an IF; windows.
    # Its tables: ap_fixed<18,8> entries, 1024 over -8..8.
    "hls4ml": """
        weight = {bits = 16, rounding = "floor"}
        current = {bits = 16, overflow = "wrap"}
        membrane = {bits = 16, overflow = "wrap", rounding = "floor"}
        grid = {frac = 10}
        decay = {kind = "multiply", frac = 10, rounding = "floor", factor_rounding = "floor", one_within = 1e-6}
        bias = {bits = 16, rounding = "floor"}
        threshold = {bits = 16, signed = true, comparison = ">=", rounding = "floor"}
        step = {order = "leak-input-compare-reset", resets = ["subtract", "zero"], windows = true}
        table = {entries = 1024, index = "ratio", index_rounding = "trunc0", out_of_range = "clamp"}
        table_fill = {low = -8.0, high = 8.0, sampling = "left", arithmetic = "float32"}
        table_value = {bits = 18, signed = true, frac = 10, rounding = "floor", overflow = "wrap"}
        """,
    "spinnaker2": """
        weight = {bits = 8}
        membrane = {bits = 32}
        grid = {frac = 15}
        memory = {table_bits = 1048576}
        """,
}
