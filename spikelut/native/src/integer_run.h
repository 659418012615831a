/* A block of neurons over all time steps, for INT of BITS bits. Included once for each width, after `integer_steps.h`. */

/* Bring `v` into its register, and note in `flags` [BLOCK] where it was cut. */
static int NAME(settle)(const Format *format, INT *v, uint8_t *flags, uint8_t flag, int64_t n)
{
    INT before[PIECE];
    memcpy(before, v, (size_t)n * sizeof *v);
    if (!NAME(bring)(format, v, n))
        return 0;
    NAME(mark)(format, before, flags, flag, n);
    return 1;
}

/* One time step of n <= PIECE neurons; returns whether any register was cut. */
static int NAME(step)(const Neuron *spec, const float *current, const INT *bias, INT *syn, INT *mem, float *out,
                      INT *x, uint8_t *flags, int64_t n)
{
    INT drive[PIECE], full[PIECE], leaked[PIECE];
    int cut = 0;
    memset(flags, 0, (size_t)n);
    NAME(codes)(spec, current, drive, n);
    if (spec->has_synapse) {
        INT held[PIECE];
        if (spec->input_first)
            memcpy(held, syn, (size_t)n * sizeof *syn);
        else
            NAME(leak)(&spec->decay, syn, held, n);
        for (int64_t i = 0; i < n; i++)
            held[i] = held[i] + drive[i];
        cut |= NAME(settle)(&spec->synapse, held, flags, SYNAPSE, n);
        if (spec->input_first)
            NAME(leak)(&spec->decay, held, syn, n);
        else
            memcpy(syn, held, (size_t)n * sizeof *syn);
        memcpy(drive, syn, (size_t)n * sizeof *syn);
    }
    cut |= NAME(settle)(&spec->current, drive, flags, CURRENT, n);
    NAME(summed)(spec, mem, drive, bias, full, n);
    cut |= NAME(settle)(&spec->membrane, full, flags, MEMBRANE, n);
    if (spec->leak_first)
        memcpy(leaked, full, (size_t)n * sizeof *full);
    else
        NAME(leak)(&spec->leak, full, leaked, n);
    if (spec->readout) {
        memcpy(mem, leaked, (size_t)n * sizeof *mem);
        NAME(reals)(mem, spec->step, out, n);
    } else if (spec->max_spikes > 1)
        NAME(fire_many)(spec, full, leaked, mem, out, x, n);
    else
        NAME(fire)(spec, full, leaked, mem, out, x, n);
    return cut;
}

static void NAME(run)(const Neuron *spec, const Table *table, const Rows *rows, int64_t at, int64_t n)
{
    INT mem[BLOCK], syn[BLOCK], bias[BLOCK], x[PIECE];
    uint8_t flags[PIECE];
    int lean = BITS == 32 && is_lean(spec);
    NAME(codes)(spec, rows->mem + at, mem, n);
    NAME(codes)(spec, rows->syn + at, syn, n);
    memset(bias, 0, sizeof bias);
    if (rows->bias)
        NAME(codes)(spec, rows->bias + at, bias, n);
    for (int64_t t = 0; t < rows->steps; t++)
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * rows->neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            const float *current = rows->current + row;
            float *out = rows->out + row;
#if BITS == 32
            /* Where registers saturate once, they do again. */
            lean = lean && lean_step(spec, current, bias + i, mem + i, out, x, m);
#endif
            if (!lean && NAME(step)(spec, current, bias + i, syn + i, mem + i, out, x, flags, m))
                note(rows, flags, row, m);
            if (rows->read && table)
                NAME(place)(table, x, (char *)rows->read + row * table->width, m);
            else if (rows->read)
                memcpy((INT *)rows->read + row, x, (size_t)m * sizeof *x);
        }
    NAME(reals)(mem, spec->step, rows->last_mem + at, n);
    NAME(reals)(syn, spec->step, rows->last_syn + at, n);
}
