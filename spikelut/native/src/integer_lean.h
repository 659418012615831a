/* A time step of the plain kind of layer as long as no register is cut: every value stays in the processor from the
   current to the spike. It is `step32` of `integer_run.h` in one loop of half the operations. */

/* A product of a code and a factor that fits into 32 bits. */
enum { SMALL_MULTIPLY = RELAX + 1 };

static int saturates(const Format *f) { return f->mask == -1 && f->base == 0; }

/* Whether a layer is plain: one sum to bring in, one spike a step at most, registers that saturate. */
static int is_lean(const Neuron *spec)
{
    const Format *in = &spec->current;
    const double limit = spec->limit < 0x1p24f ? spec->limit : 0x1p24f; /* up to there a float is exact */
    const int reads = spec->read != AFTER_LEAK || spec->leak_first;
    const int leaks = spec->leak.kind != RELAX && !spec->leak.grows && (spec->leak.kind != SHIFT || spec->leak.amount);
    return !spec->wide && !spec->readout && !spec->has_synapse && spec->max_spikes <= 1 && !spec->change_saturates &&
           saturates(in) && saturates(&spec->membrane) && saturates(&spec->after) && reads && leaks &&
           (double)in->low >= -limit && (double)in->high <= limit && spec->threshold >= 0;
}

static int leak_kind(const Neuron *spec)
{
    const Format *f = &spec->membrane;
    const int64_t largest = f->high > -f->low ? f->high : -f->low;
    const int small = largest <= INT32_MAX / (spec->leak.amount > 0 ? spec->leak.amount : 1);
    return spec->leak.kind == MULTIPLY && spec->leak.amount >= 0 && small ? SMALL_MULTIPLY : spec->leak.kind;
}

INLINE int32_t lean_leak(int kind, int mode, int32_t v, int32_t amount, int32_t frac, int32_t minimum)
{
    if (kind == LINEAR) {
        int32_t lost = v < -amount ? -amount : v;
        return v - (lost > amount ? amount : lost);
    }
    if (kind == SHIFT) {
        int32_t drop = round_shift32(v, amount, mode), least = v < 0 ? -1 : v > 0;
        return v - (minimum & (drop == 0) ? least : drop);
    }
    if (kind == SMALL_MULTIPLY)
        return round_shift32(v * amount, frac, mode);
    return kind == MULTIPLY ? multiply_shift32(v, amount, frac, mode) : v;
}

INLINE int32_t cut_between(int32_t v, int32_t low, int32_t high)
{
    v = v < low ? low : v;
    return v > high ? high : v;
}

/* `kind`, `mode` and `first` are constants where it is called. Returns whether a register was cut: then the step has to
   be done by `step32`, from `mem`, which is as it was. */
INLINE int lean_loop(const Neuron *spec, int kind, int mode, int first, const float *restrict current,
                     const int32_t *restrict bias, const int32_t *restrict mem, int32_t *restrict next,
                     float *restrict out, int32_t *restrict x, int64_t n)
{
    const float scale = spec->scale, least = (float)spec->current.low, most = (float)spec->current.high;
    const int32_t low = (int32_t)spec->membrane.low, high = (int32_t)spec->membrane.high;
    const int32_t amount = (int32_t)spec->leak.amount, frac = spec->leak.frac, minimum = spec->leak.minimum_step;
    const int32_t at = (int32_t)spec->spike_at, drop = (int32_t)spec->threshold, kept = spec->to_zero ? 0 : -1;
    const int32_t bottom = (int32_t)spec->after.low, after_is_read = -(spec->read == AFTER_RESET);
    int32_t changed = 0;
    for (int64_t i = 0; i < n; i++) {
        const float real = rintf(current[i] * scale);
        float drive = real > least ? real : least; /* NaN becomes the least */
        drive = drive < most ? drive : most;
        const int32_t before = first ? lean_leak(kind, mode, mem[i], amount, frac, minimum) : mem[i];
        const int32_t exact = before + ((int32_t)drive + bias[i]), full = cut_between(exact, low, high);
        changed |= (exact ^ full) | (float_bits(real) ^ float_bits(drive));
        const int32_t leaked = first ? full : lean_leak(kind, mode, full, amount, frac, minimum);
        const int32_t less = leaked - drop, fired = full >= at;
        const int32_t then = fired ? (less < bottom ? bottom : less) & kept : leaked;
        out[i] = (float)fired;
        next[i] = then;
        x[i] = (after_is_read ? then : full) - at;
    }
    return changed != 0;
}

#define LEAN(KIND, MODE)                                                                                               \
    return spec->leak_first ? lean_loop(spec, KIND, MODE, 1, current, bias, mem, next, out, x, n)                      \
                            : lean_loop(spec, KIND, MODE, 0, current, bias, mem, next, out, x, n)
#define LEAN_SHIFT(MODE) LEAN(SHIFT, MODE)
#define LEAN_MULTIPLY(MODE) LEAN(MULTIPLY, MODE)
#define LEAN_SMALL(MODE) LEAN(SMALL_MULTIPLY, MODE)

CLONES static int lean_loops(const Neuron *spec, const float *restrict current, const int32_t *restrict bias,
                             const int32_t *restrict mem, int32_t *restrict next, float *restrict out,
                             int32_t *restrict x, int64_t n)
{
    switch (leak_kind(spec)) {
    case NONE: LEAN(NONE, FLOOR);
    case LINEAR: LEAN(LINEAR, FLOOR);
    case SHIFT: BY_MODE(spec->leak.rounding, LEAN_SHIFT) break;
    case MULTIPLY: BY_MODE(spec->leak.rounding, LEAN_MULTIPLY) break;
    default: BY_MODE(spec->leak.rounding, LEAN_SMALL) break;
    }
    return 0;
}

/* A step of n <= PIECE neurons, if no register is cut in it; otherwise nothing but `out` and `x` has changed. */
static int lean_step(const Neuron *spec, const float *current, const int32_t *bias, int32_t *mem, float *out,
                     int32_t *x, int64_t n)
{
    int32_t next[PIECE];
    if (lean_loops(spec, current, bias, mem, next, out, x, n))
        return 0;
    memcpy(mem, next, (size_t)n * sizeof *mem);
    return 1;
}
