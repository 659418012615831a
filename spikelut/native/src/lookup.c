/* Derivatives by their place in a table. */
#include "table.h"

#define GATHER(TYPE)                                                                                                   \
    {                                                                                                                  \
        const TYPE *restrict place = places;                                                                           \
        if (grad)                                                                                                      \
            for (int64_t i = 0; i < n; i++)                                                                            \
                out[i] = grad[i] * entry[place[i]];                                                                    \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++)                                                                            \
                out[i] = entry[place[i]];                                                                              \
    }

CLONES static void gathered(int32_t width, const float *restrict entry, const void *places, const float *restrict grad,
                            float *restrict out, int64_t n)
{
    if (width == 1)
        GATHER(uint8_t)
    else if (width == 2)
        GATHER(int16_t)
    else
        GATHER(int32_t)
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define SIXTEENS 16
#define WIDE __attribute__((target("avx512f")))

/* Sixteen entries at once, of 256 in sixteen registers: two registers at a time by the low five bits of a place, one of
   these eight by the others. Half as long as loads one by one, and on every processor; gathers are slow on some. */
WIDE static inline __m512 chosen(const __m512 *entry, __m512i place)
{
    const __mmask16 bit5 = _mm512_test_epi32_mask(place, _mm512_set1_epi32(32));
    const __mmask16 bit6 = _mm512_test_epi32_mask(place, _mm512_set1_epi32(64));
    const __mmask16 bit7 = _mm512_test_epi32_mask(place, _mm512_set1_epi32(128));
    __m512 of[8];
    for (int k = 0; k < 8; k++)
        of[k] = _mm512_permutex2var_ps(entry[2 * k], place, entry[2 * k + 1]);
    for (int k = 0; k < 8; k += 2)
        of[k] = _mm512_mask_blend_ps(bit5, of[k], of[k + 1]);
    for (int k = 0; k < 8; k += 4)
        of[k] = _mm512_mask_blend_ps(bit6, of[k], of[k + 2]);
    return _mm512_mask_blend_ps(bit7, of[0], of[4]);
}

WIDE static void permuted(const Values *values, const uint8_t *restrict places, const float *restrict grad,
                          float *restrict out, int64_t n)
{
    __m512 entry[SIXTEENS];
    for (int32_t k = 0; k < SIXTEENS; k++) {
        const int32_t left = values->count - 16 * k;
        const __mmask16 there = left >= 16 ? 0xffff : left > 0 ? (__mmask16)((1 << left) - 1) : 0;
        entry[k] = _mm512_maskz_loadu_ps(there, values->entries + 16 * k);
    }
    for (int64_t i = 0; i < n; i += 16) {
        const __m512i place = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(places + i)));
        __m512 product = chosen(entry, place);
        if (grad)
            product = _mm512_mul_ps(_mm512_loadu_ps(grad + i), product);
        _mm512_storeu_ps(out + i, product);
    }
}

/* The same of entries that have 16 bits: 32 at once, of 256 in eight registers. */
__attribute__((target("avx512f,avx512bw"))) static void halved(const Values *values, const uint8_t *restrict places,
                                                               const float *restrict grad, float *restrict out,
                                                               int64_t n)
{
    __m512i entry[8];
    for (int k = 0; k < 8; k++)
        entry[k] = _mm512_load_si512(values->halves + 32 * k);
    for (int64_t i = 0; i < n; i += 32) {
        const __m512i place = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(places + i)));
        const __mmask32 bit6 = _mm512_test_epi16_mask(place, _mm512_set1_epi16(64));
        const __mmask32 bit7 = _mm512_test_epi16_mask(place, _mm512_set1_epi16(128));
        __m512i of[4];
        for (int k = 0; k < 4; k++)
            of[k] = _mm512_permutex2var_epi16(entry[2 * k], place, entry[2 * k + 1]);
        of[0] = _mm512_mask_blend_epi16(bit6, of[0], of[1]);
        of[2] = _mm512_mask_blend_epi16(bit6, of[2], of[3]);
        const __m512i found = _mm512_mask_blend_epi16(bit7, of[0], of[2]);
        const __m256i parts[2] = {_mm512_castsi512_si256(found), _mm512_extracti64x4_epi64(found, 1)};
        for (int k = 0; k < 2; k++) {
            __m512 product = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(parts[k]), 16));
            if (grad)
                product = _mm512_mul_ps(_mm512_loadu_ps(grad + i + 16 * k), product);
            _mm512_storeu_ps(out + i + 16 * k, product);
        }
    }
}

static int has_permutations(void) { return __builtin_cpu_supports("avx512f"); }
static int has_halves(void) { return __builtin_cpu_supports("avx512bw"); }
#else
static void halved(const Values *values, const uint8_t *places, const float *grad, float *out, int64_t n)
{
    (void)values, (void)places, (void)grad, (void)out, (void)n;
}

static int has_halves(void) { return 0; }

static void permuted(const Values *values, const uint8_t *places, const float *grad, float *out, int64_t n)
{
    (void)values, (void)places, (void)grad, (void)out, (void)n;
}

static int has_permutations(void) { return 0; }
#endif

Values values_of(const float *entries, int32_t count, int32_t width)
{
    Values values = {.entries = entries, .count = count, .width = width};
    if (!entries || width != 1 || count > MOST_HALVES || !has_halves())
        return values;
    int32_t rest = 0;
    for (int32_t k = 0; k < count; k++) {
        rest |= float_bits(entries[k]) & 0xffff;
        values.halves[k] = (uint16_t)((uint32_t)float_bits(entries[k]) >> 16);
    }
    values.has_halves = !rest;
    return values;
}

void table_slopes(const Values *values, const void *places, const float *grad, float *out, int64_t n)
{
    int64_t done = 0;
    if (values->has_halves) {
        done = n / 32 * 32;
        halved(values, places, grad, out, done);
    } else if (values->width == 1 && values->count <= 256 && has_permutations()) {
        done = n / 16 * 16;
        permuted(values, places, grad, out, done);
    }
    gathered(values->width, values->entries, (const char *)places + done * values->width, grad ? grad + done : NULL,
             out + done, n - done);
}
