/* The inner loops of `spike_sums.c`, included once for each width of vectors: of BYTES, compiled for TARGET, with GROUP
   of them held in registers; NAMED(x) is the name of x for that width. */

#define LANES (BYTES / 2)
#define ACROSS (BYTES / 4)
typedef int16_t NAMED(Codes) __attribute__((vector_size(BYTES), aligned(2), may_alias));
typedef float NAMED(Reals) __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef uint32_t NAMED(Words) __attribute__((vector_size(BYTES), aligned(4), may_alias));

/* Whether any is neither 0 nor `one`. */
TARGET static int NAMED(others)(const uint32_t *restrict x, uint32_t one, int64_t n)
{
    uint32_t wrong = 0;
    for (int64_t i = 0; i < n; i++)
        wrong |= x[i] != one ? x[i] : 0;
    return wrong != 0;
}

/* The places of the ones in a row; -1 if it has another value than 0 and `one`. There is room for ROOM(n) places. */
#if BYTES == 64
TARGET static int64_t NAMED(places)(const uint32_t *restrict x, uint32_t one, int64_t n, uint16_t *restrict places)
{
    const __m512i ones = _mm512_set1_epi32((int32_t)one), zero = _mm512_setzero_si512();
    __m512i at = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __mmask16 wrong = 0;
    int64_t count = 0;
    for (int64_t i = 0; i < n; i += 16) {
        const __mmask16 there = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : 0xffff;
        const __m512i given = _mm512_maskz_loadu_epi32(there, x + i);
        const __mmask16 set = _mm512_cmpneq_epi32_mask(given, zero);
        wrong |= _mm512_mask_cmpneq_epi32_mask(set, given, ones);
        _mm256_storeu_si256((__m256i *)(void *)(places + count), _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(set, at)));
        count += __builtin_popcount(set);
        at = _mm512_add_epi32(at, _mm512_set1_epi32(16));
    }
    return wrong ? -1 : count;
}
#else
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
#endif

/* The same of counts of events, each place as often as it counts; -1 where one is no count, or together they are more
   than inputs. */
TARGET static int64_t NAMED(counts)(const float *restrict x, float event, int64_t n, uint16_t *restrict places)
{
    const float per_event = 1.0f / event; /* a power of two */
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        const float given = x[i] * per_event;
        const int32_t bits = float_bits(given);
        if (!bits)
            continue;
        const int32_t events = bits > 0 && given <= MOST_EVENTS ? (int32_t)given : 0;
        if (!events || (float)events != given || count + events > n)
            return -1;
        for (int32_t k = 0; k < events; k++)
            places[count++] = (uint16_t)i;
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

/* Four rows of 64 codes beside each other, a word of each four: written as they are, a row of inputs is on its way. */
TARGET INLINE void NAMED(beside)(const int16_t *restrict rows, uint64_t *restrict words)
{
    for (int i = 0; i < 64; i++)
        words[i] = (uint64_t)(uint16_t)rows[i] | (uint64_t)(uint16_t)rows[64 + i] << 16
                   | (uint64_t)(uint16_t)rows[128 + i] << 32 | (uint64_t)(uint16_t)rows[192 + i] << 48;
}

/* `piece`, codes of FILL outputs by 64 inputs, the first n of them as columns of `codes` [inputs, width]. */
TARGET static void NAMED(columns)(const int16_t *restrict piece, int64_t n, int16_t *restrict codes, int64_t width)
{
    uint64_t words[FILL / 4][64];
    for (int q = 0; q < FILL / 4; q++)
        NAMED(beside)(piece + q * 256, words[q]);
    for (int64_t i = 0; i < n; i++)
        for (int q = 0; q < FILL / 4; q++)
            memcpy(codes + i * width + q * 4, &words[q][i], sizeof words[q][i]);
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
        NAMED(columns)(piece, n, codes + at * width, width);
    }
    return odd != 0;
}

/* Codes of n weights as `grid` rounds and cuts them; they are in units, of powers of two. */
TARGET INLINE void NAMED(row)(const float *restrict real, float one, const Grid *grid, int16_t *restrict codes, int64_t n)
{
    const float low = grid->low, high = grid->high, up = grid->up, down = grid->down;
    if (grid->even) {
        for (int64_t i = 0; i < n; i++) {
            float code = real[i] * one;
            code = code < low ? low : code > high ? high : code;
            codes[i] = (int16_t)float_bits(code + 12582912.0f);
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        float code = real[i] * one;
        code = code < low ? low : code > high ? high : code;
        const int32_t whole = (int32_t)code;
        const float part = code - (float)whole; /* of the sign of the code, and exact */
        codes[i] = (int16_t)(whole + (part >= up) - (part < down));
    }
}

/* Codes of weights [outputs, inputs], FILL outputs at most, on `grid`, as columns of `codes` [inputs, width]. */
TARGET static void NAMED(on_grid)(const float *restrict real, const float *restrict units, int64_t step, const Grid *grid, int64_t outputs, int64_t inputs, int16_t *restrict codes, int64_t width)
{
    int16_t piece[FILL * 64] = {0};
    for (int64_t at = 0; at < inputs; at += 64) {
        const int64_t n = inputs - at < 64 ? inputs - at : 64;
        for (int64_t o = 0; o < FILL && o < outputs; o++)
            NAMED(row)(real + o * inputs + at, 1.0f / units[o * step], grid, piece + o * 64, n);
        NAMED(columns)(piece, n, codes + at * width, width);
    }
}

/* The points of the grid that n weights are rounded to. */
TARGET static void NAMED(points)(const float *restrict real, float unit, const Grid *grid, float *restrict out, int64_t n)
{
    int16_t codes[256];
    for (int64_t at = 0; at < n; at += 256) {
        const int64_t m = n - at < 256 ? n - at : 256;
        NAMED(row)(real + at, 1.0f / unit, grid, codes, m);
        for (int64_t i = 0; i < m; i++)
            out[at + i] = (float)codes[i] * unit;
    }
}

/* Add the sums, times a unit. */
TARGET static void NAMED(more_of)(const int32_t *restrict sums, float unit, float *restrict out, int64_t n)
{
    for (int64_t o = 0; o < n; o++)
        out[o] += (float)sums[o] * unit;
}

/* Which of up to 32 rows have a spike, for so many vectors of inputs. */
TARGET INLINE void NAMED(half)(const float *restrict x, int64_t rows, int64_t inputs, uint32_t *restrict bits, const int vectors)
{
    NAMED(Words) held[8];
    for (int v = 0; v < vectors; v++)
        held[v] = (NAMED(Words)){0};
    for (int64_t r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            held[v] |= (NAMED(Words))(((const NAMED(Reals) *)(const void *)(x + r * inputs))[v] != 0) & (1u << r);
    for (int v = 0; v < vectors; v++)
        ((NAMED(Words) *)(void *)bits)[v] = held[v];
}

/* Which of up to 64 rows have a spike, for each input. */
TARGET static void NAMED(bits)(const float *restrict x, int64_t rows, int64_t inputs, uint64_t *restrict bits)
{
    const int64_t half = rows < 32 ? rows : 32;
    uint32_t low[8 * ACROSS], high[8 * ACROSS];
    int64_t i = 0;
    while (inputs - i >= ACROSS) {
        const int64_t left = (inputs - i) / ACROSS, n = ACROSS * (left >= 8 ? 8 : left >= 4 ? 4 : 1);
        if (left >= 8) {
            NAMED(half)(x + i, half, inputs, low, 8);
            NAMED(half)(x + half * inputs + i, rows - half, inputs, high, 8);
        } else if (left >= 4) {
            NAMED(half)(x + i, half, inputs, low, 4);
            NAMED(half)(x + half * inputs + i, rows - half, inputs, high, 4);
        } else {
            NAMED(half)(x + i, half, inputs, low, 1);
            NAMED(half)(x + half * inputs + i, rows - half, inputs, high, 1);
        }
        for (int64_t j = 0; j < n; j++)
            bits[i + j] = low[j] | (uint64_t)high[j] << 32;
        i += n;
    }
    for (; i < inputs; i++) {
        bits[i] = 0;
        for (int64_t r = 0; r < rows; r++)
            bits[i] |= (uint64_t)(x[r * inputs + i] != 0) << r;
    }
}

/* into [inputs, COLUMNS] += the rows of `grad` [64, COLUMNS] in which an input spiked, so many `vectors` of each. */
TARGET INLINE void NAMED(met_of)(const uint64_t *restrict bits, int64_t n, const float *restrict grad,
                                 float *restrict into, const int vectors)
{
    for (int64_t i = 0; i < n; i++) {
        NAMED(Reals) held[8];
        for (int v = 0; v < vectors; v++)
            held[v] = (NAMED(Reals)){0};
        for (uint64_t left = bits[i]; left; left &= left - 1) {
            const NAMED(Reals) *row = (const NAMED(Reals) *)(const void *)(grad + __builtin_ctzll(left) * COLUMNS);
            for (int v = 0; v < vectors; v++)
                held[v] += row[v];
        }
        NAMED(Reals) *to = (NAMED(Reals) *)(void *)(into + i * COLUMNS);
        for (int v = 0; v < vectors; v++)
            to[v] += held[v];
    }
}

/* The same of the first m columns. */
TARGET static void NAMED(met)(const uint64_t *bits, int64_t n, const float *grad, float *into, int64_t m)
{
    for (int64_t at = 0; at < m; at += 8 * ACROSS) {
        const int64_t vectors = (m - at + ACROSS - 1) / ACROSS;
        if (vectors > 4)
            NAMED(met_of)(bits, n, grad + at, into + at, 8);
        else if (vectors > 2)
            NAMED(met_of)(bits, n, grad + at, into + at, 4);
        else
            NAMED(met_of)(bits, n, grad + at, into + at, 2);
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

/* Rows of `from` [n, COLUMNS], the first m of each, as columns of `to` [m, inputs], times a unit. */
TARGET static void NAMED(turned)(const float *restrict from, float unit, float *restrict to, int64_t inputs, int64_t n, int64_t m)
{
    for (int64_t i = 0; i < n; i += 16)
        for (int64_t o = 0; o < m; o += 16) {
            const int64_t deep = n - i < 16 ? n - i : 16, across = m - o < 16 ? m - o : 16;
            float piece[16][16];
            for (int k = 0; k < 16; k++)
                for (int j = 0; j < 16; j++)
                    piece[j][k] = from[(i + (k < deep ? k : 0)) * COLUMNS + o + j] * unit;
            for (int64_t j = 0; j < across; j++)
                for (int64_t k = 0; k < deep; k++)
                    to[(o + j) * inputs + i + k] = piece[j][k];
        }
}

static const SpikeLoops NAMED(loops) = {BYTES, NAMED(codes), NAMED(on_grid), NAMED(points), NAMED(others), NAMED(places), NAMED(counts), NAMED(sums), NAMED(more_of), NAMED(reals), NAMED(bits), NAMED(met), NAMED(more), NAMED(block), NAMED(turned)};

#undef LANES
#undef ACROSS
#undef BYTES
#undef TARGET
#undef GROUP
#undef NAMED
