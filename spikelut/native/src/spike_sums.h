/* The inner loops of `spike_sums.c`, included once for each width of vectors: of BYTES, compiled for TARGET, with GROUP
   of them held in registers; NAMED(x) is the name of x for that width. */

#define LANES (BYTES / 2)
#define ACROSS (BYTES / 4)
typedef int16_t NAMED(Codes) __attribute__((vector_size(BYTES), aligned(2), may_alias));
typedef float NAMED(Reals) __attribute__((vector_size(BYTES), aligned(4), may_alias));

/* Whether any is neither 0 nor `one`. */
TARGET static int NAMED(others)(const uint32_t *restrict x, uint32_t one, int64_t n)
{
    uint32_t wrong = 0;
    for (int64_t i = 0; i < n; i++)
        wrong |= x[i] != one ? x[i] : 0;
    return wrong != 0;
}

/* The places of the ones in a row; -1 if it has another value than 0 and `one`. */
TARGET static int64_t NAMED(places)(const uint32_t *restrict x, uint32_t one, int64_t n, uint16_t *restrict places)
{
    int64_t count = 0;
    if (NAMED(others)(x, one, n))
        return -1;
    for (int64_t i = 0; i < n; i++) {
        places[count] = (uint16_t)i;
        count += x[i] != 0;
    }
    return count;
}

/* Add the rows of `codes` at `places` to `sums` [vectors of LANES]; `most` of them fit 16 bits. */
TARGET INLINE void NAMED(added)(const uint16_t *restrict places, int64_t n, const int16_t *restrict codes,
                                int64_t width, int64_t most, int32_t *restrict sums, const int vectors)
{
    for (int64_t begin = 0; begin < n; begin += most) {
        const int64_t end = n - begin < most ? n : begin + most;
        NAMED(Codes) held[GROUP];
        for (int v = 0; v < vectors; v++)
            held[v] = (NAMED(Codes)){0};
        for (int64_t k = begin; k < end; k++) {
            const NAMED(Codes) *row = (const NAMED(Codes) *)(const void *)(codes + places[k] * width);
            for (int v = 0; v < vectors; v++)
                held[v] += row[v];
        }
        int16_t narrow[GROUP * LANES] __attribute__((aligned(BYTES)));
        for (int v = 0; v < vectors; v++)
            ((NAMED(Codes) *)(void *)narrow)[v] = held[v];
        for (int64_t j = 0; j < vectors * LANES; j++)
            sums[j] += narrow[j];
    }
}

TARGET static void NAMED(sums)(const uint16_t *places, int64_t n, const int16_t *codes, int64_t width, int64_t most,
                               int32_t *sums)
{
    int64_t at = 0;
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (; width - at >= GROUP * LANES; at += GROUP * LANES)
        NAMED(added)(places, n, codes + at, width, most, sums + at, GROUP);
    for (; width - at >= 4 * LANES; at += 4 * LANES)
        NAMED(added)(places, n, codes + at, width, most, sums + at, 4);
    for (; width > at; at += LANES)
        NAMED(added)(places, n, codes + at, width, most, sums + at, 1);
}

TARGET static void NAMED(reals)(const int32_t *restrict sums, const float *restrict units, float *restrict out, int64_t n)
{
    for (int64_t o = 0; o < n; o++)
        out[o] = (float)sums[o] * units[o];
}

/* Codes of `real` [outputs, inputs] as columns of `codes` [inputs, width]; whether all are whole numbers of `units`, up to
   `high`. Units are powers of two, by which codes are exact. */
TARGET static int NAMED(codes)(const float *restrict real, const float *restrict units, int64_t step, float high, int64_t outputs, int64_t inputs, int16_t *restrict codes, int64_t width)
{
    uint32_t odd = 0;
    int16_t piece[FILL * 64] = {0};
    for (int64_t at = 0; at < inputs; at += 64) {
        const int64_t n = inputs - at < 64 ? inputs - at : 64;
        for (int64_t o = 0; o < FILL && o < outputs; o++) {
            const float one = 1.0f / units[o * step];
            const float *row = real + o * inputs + at;
            for (int64_t i = 0; i < n; i++) {
                const float code = row[i] * one;
                /* A unit is the last place of the sum, whose last bits are those of the code. */
                const int16_t whole = (int16_t)float_bits(code + 12582912.0f);
                odd |= (float)whole != code || code > high || code < -high;
                piece[o * 64 + i] = whole;
            }
        }
        for (int64_t i = 0; i < n; i++)
            for (int64_t o = 0; o < FILL; o++)
                codes[(at + i) * width + o] = piece[o * 64 + i];
    }
    return odd != 0;
}

/* Add the sums, times a unit. */
TARGET static void NAMED(more_of)(const int32_t *restrict sums, float unit, float *restrict out, int64_t n)
{
    for (int64_t o = 0; o < n; o++)
        out[o] += (float)sums[o] * unit;
}

/* Which of 64 rows have a spike, for each input. */
TARGET static void NAMED(bits)(const float *restrict x, int64_t rows, int64_t inputs, uint64_t *restrict bits)
{
    for (int64_t i = 0; i < inputs; i++)
        bits[i] = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < inputs; i++)
            bits[i] |= (uint64_t)(x[r * inputs + i] != 0) << r;
}

/* into [inputs, COLUMNS] += the rows of `grad` [64, COLUMNS] in which an input spiked. */
TARGET static void NAMED(met)(const uint64_t *restrict bits, int64_t n, const float *restrict grad, float *restrict into)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t at = 0; at < COLUMNS; at += 8 * ACROSS) {
            NAMED(Reals) held[8];
            for (int v = 0; v < 8; v++)
                held[v] = (NAMED(Reals)){0};
            for (uint64_t left = bits[i]; left; left &= left - 1) {
                const NAMED(Reals) *row = (const NAMED(Reals) *)(const void *)(grad + at + __builtin_ctzll(left) * COLUMNS);
                for (int v = 0; v < 8; v++)
                    held[v] += row[v];
            }
            NAMED(Reals) *to = (NAMED(Reals) *)(void *)(into + i * COLUMNS + at);
            for (int v = 0; v < 8; v++)
                to[v] += held[v];
        }
}

/* Move what is in `from` to `to`. */
TARGET static void NAMED(more)(float *restrict from, float *restrict to, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        to[i] += from[i];
        from[i] = 0;
    }
}

/* A block of gradients in one piece; whether one is not finite. */
TARGET static int NAMED(block)(const float *restrict grad, int64_t stride, int64_t rows, int64_t n, float *restrict to)
{
    uint32_t odd = 0;
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t o = 0; o < n; o++) {
            to[r * COLUMNS + o] = grad[r * stride + o];
            odd |= (float_bits(grad[r * stride + o]) & 0x7fffffff) >= 0x7f800000;
        }
        for (int64_t o = n; o < COLUMNS; o++)
            to[r * COLUMNS + o] = 0;
    }
    return odd != 0;
}

TARGET static void NAMED(turned)(const float *restrict from, float unit, float *restrict to, int64_t inputs, int64_t n, int64_t m)
{
    for (int64_t o = 0; o < m; o++)
        for (int64_t i = 0; i < n; i++)
            to[o * inputs + i] = from[i * COLUMNS + o] * unit;
}

static const SpikeLoops NAMED(loops) = {BYTES, NAMED(codes), NAMED(others), NAMED(places), NAMED(sums), NAMED(more_of), NAMED(reals), NAMED(bits), NAMED(met), NAMED(more), NAMED(block), NAMED(turned)};

#undef LANES
#undef ACROSS
#undef BYTES
#undef TARGET
#undef GROUP
#undef NAMED
