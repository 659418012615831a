/* A product of matrices for processors with AVX-512, where torch's takes vectors of half the size on some of them. */
#include <stdlib.h>

#include "common.h"

/* Of the right matrix: rows and columns that stay in the first cache while rows of the left one go by; `TALL` of these
   are in registers at once. */
#define DEEP 128
#define WIDE 32
#define TALL 12

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define TARGET __attribute__((target("avx512f,fma")))

/* c [tall, WIDE] += a [tall, deep] @ b [deep, WIDE]. */
TARGET INLINE void tile(const float *restrict a, int64_t a_row, const float *restrict b, int64_t deep,
                        float *restrict c, int64_t c_row, __mmask16 first, __mmask16 second, const int tall)
{
    __m512 held[TALL][2];
    for (int r = 0; r < tall; r++)
        held[r][0] = held[r][1] = _mm512_setzero_ps();
    for (int64_t k = 0; k < deep; k++) {
        const __m512 left = _mm512_load_ps(b + k * WIDE), right = _mm512_load_ps(b + k * WIDE + 16);
        for (int r = 0; r < tall; r++) {
            const __m512 factor = _mm512_set1_ps(a[r * a_row + k]);
            held[r][0] = _mm512_fmadd_ps(factor, left, held[r][0]);
            held[r][1] = _mm512_fmadd_ps(factor, right, held[r][1]);
        }
    }
    for (int r = 0; r < tall; r++) {
        float *to = c + r * c_row;
        _mm512_mask_storeu_ps(to, first, _mm512_add_ps(_mm512_maskz_loadu_ps(first, to), held[r][0]));
        if (second)
            _mm512_mask_storeu_ps(to + 16, second, _mm512_add_ps(_mm512_maskz_loadu_ps(second, to + 16), held[r][1]));
    }
}

TARGET static void tiles(const float *a, int64_t a_row, const float *b, int64_t deep, float *c, int64_t c_row,
                         int64_t columns, int64_t rows)
{
    const __mmask16 first = columns >= 16 ? 0xffff : (__mmask16)((1u << columns) - 1);
    const __mmask16 second = columns >= 32 ? 0xffff : columns > 16 ? (__mmask16)((1u << (columns - 16)) - 1) : 0;
    for (; rows >= TALL; rows -= TALL, a += TALL * a_row, c += TALL * c_row)
        tile(a, a_row, b, deep, c, c_row, first, second, TALL);
    for (; rows >= 4; rows -= 4, a += 4 * a_row, c += 4 * c_row)
        tile(a, a_row, b, deep, c, c_row, first, second, 4);
    for (; rows > 0; rows--, a += a_row, c += c_row)
        tile(a, a_row, b, deep, c, c_row, first, second, 1);
}

/* Rows that a task takes. */
#define SHARE 240

/* out [rows, columns] = a [rows, deep] @ b [deep, columns]; the same whatever the threads. Returns 1 where the processor
   has no AVX-512, or there is no memory. */
EXPORT int32_t spikelut_product(const float *a, const float *b, float *out, int64_t rows, int64_t deep, int64_t columns,
                                int threads)
{
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("fma"))
        return 1;
    const int64_t panels = (columns + WIDE - 1) / WIDE, shares = (rows + SHARE - 1) / SHARE;
    float *packed = aligned_alloc(64, (size_t)(panels * deep * WIDE) * sizeof *packed);
    if (!packed)
        return 1;
    const int crew = team(threads, rows * columns, shares);
    in_large_pages(out, (size_t)(rows * columns) * sizeof *out);
    _Pragma("omp parallel num_threads(crew) if (parallel : crew > 1)")
    {
        _Pragma("omp for schedule(static)")
        for (int64_t p = 0; p < panels; p++)
            for (int64_t k = 0; k < deep; k++)
                for (int64_t j = 0; j < WIDE; j++)
                    packed[(p * deep + k) * WIDE + j] = p * WIDE + j < columns ? b[k * columns + p * WIDE + j] : 0;
        _Pragma("omp for schedule(dynamic)")
        for (int64_t s = 0; s < shares; s++) {
            const int64_t at = s * SHARE, n = rows - at < SHARE ? rows - at : SHARE;
            memset(out + at * columns, 0, (size_t)(n * columns) * sizeof *out);
            for (int64_t k = 0; k < deep; k += DEEP)
                for (int64_t p = 0; p < panels; p++)
                    tiles(a + at * deep + k, deep, packed + (p * deep + k) * WIDE, deep - k < DEEP ? deep - k : DEEP,
                          out + at * columns + p * WIDE, columns, columns - p * WIDE, n);
        }
    }
    free(packed);
    return 0;
}
#else
EXPORT int32_t spikelut_product(const float *a, const float *b, float *out, int64_t rows, int64_t deep, int64_t columns,
                                int threads)
{
    (void)a, (void)b, (void)out, (void)rows, (void)deep, (void)columns, (void)threads;
    return 1;
}
#endif
