/* The operations of a time step on a row of n <= PIECE codes, for INT of BITS bits. Included once for each width. */

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define NAME(name) PASTE(name, BITS)

/* `v` brought into its register; of a wrapping one low..high is everything, of a saturating one the mask is. */
INLINE INT NAME(overflow)(INT v, INT low, INT high, INT base, INT mask)
{
    v = v < low ? low : v;
    v = v > high ? high : v;
    return ((v - base) & mask) + base;
}

#define FORMAT(f)                                                                                                      \
    const INT low = (INT)(f)->low, high = (INT)(f)->high, base = (INT)(f)->base, mask = (INT)(f)->mask

/* Codes of real values; see `to_codes`. */
CLONES static void NAME(codes)(const Neuron *spec, const float *restrict x, INT *restrict out, int64_t n)
{
    const float scale = spec->scale, limit = spec->limit;
    for (int64_t i = 0; i < n; i++) {
        float v = rintf(x[i] * scale);
        v = v < -limit ? -limit : v;
        out[i] = (INT)(v > limit ? limit : v);
    }
}

CLONES static void NAME(reals)(const INT *restrict codes, float step, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)codes[i] * step;
}

/* v = `v` in its register. Returns whether any was cut, of which the gradient passes nothing on. */
CLONES static int NAME(bring)(const Format *format, INT *restrict v, int64_t n)
{
    FORMAT(format);
    INT changed = 0;
    for (int64_t i = 0; i < n; i++) {
        INT cut = v[i] < low ? low : v[i];
        cut = cut > high ? high : cut;
        changed |= cut ^ v[i];
        v[i] = ((cut - base) & mask) + base;
    }
    return changed != 0;
}

/* The flags that `bring` found, of the values as they were before. */
CLONES static void NAME(mark)(const Format *format, const INT *restrict v, uint8_t *restrict flags, uint8_t flag,
                              int64_t n)
{
    const INT low = (INT)format->low, high = (INT)format->high;
    for (int64_t i = 0; i < n; i++)
        flags[i] |= (uint8_t)((v[i] < low) | (v[i] > high) ? flag : 0);
}

#define SHIFT_LEAK(MODE)                                                                                               \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        INT drop = NAME(round_shift)(v[i], amount, MODE);                                                              \
        INT least = v[i] < 0 ? -1 : v[i] > 0;                                                                          \
        out[i] = v[i] - (minimum & (drop == 0) ? least : drop);                                                        \
    }
#define MULTIPLY_LEAK(MODE)                                                                                            \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        out[i] = NAME(multiply_shift)(v[i], (INT)leak->amount, leak->frac, MODE);

/* States after their leak; see `leak_step`. */
CLONES static void NAME(leak)(const Leak *leak, const INT *restrict v, INT *restrict out, int64_t n)
{
    if (leak->kind == NONE)
        memcpy(out, v, (size_t)n * sizeof *v);
    else if (leak->kind == LINEAR) {
        const INT amount = (INT)leak->amount;
        for (int64_t i = 0; i < n; i++) {
            INT lost = v[i] < -amount ? -amount : v[i];
            out[i] = v[i] - (lost > amount ? amount : lost);
        }
    } else if (leak->kind == SHIFT) {
        const int32_t amount = (int32_t)leak->amount, minimum = leak->minimum_step;
        if (amount)
            BY_MODE(leak->rounding, SHIFT_LEAK)
        else
            memset(out, 0, (size_t)n * sizeof *out); /* a shift by nothing leaves nothing */
    } else {
        BY_MODE(leak->rounding, MULTIPLY_LEAK)
        if (leak->grows) {
            FORMAT(&leak->format);
            for (int64_t i = 0; i < n; i++)
                out[i] = NAME(overflow)(out[i], low, high, base, mask);
        }
    }
}

/* exact = the membrane with `drive` and `bias` taken in, before it is brought into its register; see `_summed`. */
CLONES static void NAME(summed)(const Neuron *spec, const INT *restrict mem, const INT *restrict drive,
                                const INT *restrict bias, INT *restrict exact, int64_t n)
{
    INT held[PIECE];
    if (spec->change_saturates) {
        NAME(leak)(&spec->leak, mem, held, n);
        const Format *w = &spec->wrapped;
        const INT wrap_base = (INT)w->base, wrap_mask = (INT)w->mask;
        FORMAT(&spec->membrane);
        for (int64_t i = 0; i < n; i++) {
            INT change = ((held[i] - mem[i] - wrap_base) & wrap_mask) + wrap_base + drive[i];
            change = NAME(overflow)(change, low, high, base, mask) + bias[i];
            exact[i] = mem[i] + NAME(overflow)(change, low, high, base, mask);
        }
    } else if (!spec->leak_first) {
        for (int64_t i = 0; i < n; i++)
            exact[i] = mem[i] + (drive[i] + bias[i]);
    } else if (spec->leak.kind == RELAX) {
        for (int64_t i = 0; i < n; i++)
            exact[i] = drive[i] + bias[i] - mem[i];
        NAME(leak)(&spec->leak, exact, held, n);
        for (int64_t i = 0; i < n; i++)
            exact[i] = drive[i] + bias[i] - held[i];
    } else {
        NAME(leak)(&spec->leak, mem, held, n);
        for (int64_t i = 0; i < n; i++)
            exact[i] = held[i] + (drive[i] + bias[i]);
    }
}

INLINE INT NAME(floor_div)(INT a, double by) { return (INT)floor((double)a / by); }

/* Several spikes a step: their number, the membrane after, and x of the nearest threshold; see `_fire`. */
CLONES static void NAME(fire_many)(const Neuron *spec, const INT *restrict full, const INT *restrict leaked,
                                   INT *restrict mem, float *restrict out, INT *restrict x, int64_t n)
{
    /* Quotients of codes differ by more than a double's last bit, so their floors are exact. */
    const INT threshold = (INT)spec->threshold, strict = spec->strict, most = spec->max_spikes;
    for (int64_t i = 0; i < n; i++) {
        INT count = NAME(floor_div)(full[i] - strict, (double)threshold);
        INT nearest = NAME(floor_div)(full[i] + threshold / 2, (double)threshold);
        count = count < 0 ? 0 : count > most ? most : count;
        nearest = nearest < 1 ? 1 : nearest > most ? most : nearest;
        out[i] = (float)count;
        x[i] = full[i] - strict - nearest * threshold;
        mem[i] = leaked[i] - count * threshold;
    }
}

/* Spikes, the membrane after, and x where the surrogate reads. */
CLONES static void NAME(fire)(const Neuron *spec, const INT *restrict full, const INT *restrict leaked,
                              INT *restrict mem, float *restrict out, INT *restrict x, int64_t n)
{
    const INT at = (INT)spec->spike_at, drop = (INT)spec->threshold;
    if (spec->to_zero)
        for (int64_t i = 0; i < n; i++) {
            INT fired = full[i] >= at;
            out[i] = (float)fired;
            mem[i] = fired ? 0 : leaked[i];
        }
    else {
        FORMAT(&spec->after);
        for (int64_t i = 0; i < n; i++) {
            INT fired = full[i] >= at, less = NAME(overflow)(leaked[i] - drop, low, high, base, mask);
            out[i] = (float)fired;
            mem[i] = fired ? less : leaked[i];
        }
    }
    const INT *read = spec->read == BEFORE_LEAK ? full : spec->read == AFTER_LEAK ? leaked : mem;
    for (int64_t i = 0; i < n; i++)
        x[i] = read[i] - at;
}
