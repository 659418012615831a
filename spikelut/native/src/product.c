/* Products of matrices in tiles that stay in registers. The right matrix is brought into panels of a few columns. */
#include "product.h"
#include "spike_loops.h"

#include <stdlib.h>

/* Rows of a panel that stay in the first cache while rows of the left matrix go by. */
#define DEEP 128

#define BYTES 16
#define TALL 4
#define TARGET
#define MORE(x, a, b) ((x) += (a) * (b))
#define NAMED(x) x##_16
#include "product_tiles.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define BYTES 32
#define TALL 6
#define TARGET __attribute__((target("avx2,fma")))
#define MORE(x, a, b) ((x) = _mm256_fmadd_ps(_mm256_set1_ps(a), (b), (x)))
#define NAMED(x) x##_32
#include "product_tiles.h"

#define BYTES 64
#define TALL 12
#define TARGET __attribute__((target("avx512f,fma")))
#define MORE(x, a, b) ((x) = _mm512_fmadd_ps(_mm512_set1_ps(a), (b), (x)))
#define NAMED(x) x##_64
#include "product_tiles.h"
#endif

const Products *products(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    const int32_t bytes = __builtin_cpu_supports("fma") ? spike_loops()->bytes : 16;
    if (bytes == 64)
        return &products_64;
    if (bytes == 32)
        return &products_32;
#endif
    return &products_16;
}

void into_panel(const Products *of, const float *b, int64_t p, int64_t deep, int64_t columns, float *panels)
{
    const int64_t wide = of->wide, at = p * wide, n = columns - at < wide ? columns - at : wide;
    float *panel = panels + p * deep * wide;
    for (int64_t k = 0; k < deep; k++) {
        memcpy(panel + k * wide, b + k * columns + at, (size_t)n * sizeof *panel);
        memset(panel + k * wide + n, 0, (size_t)(wide - n) * sizeof *panel);
    }
}

void product_of_panels(const Products *of, const float *a, const float *panels, float *out, int64_t rows, int64_t deep,
                       int64_t columns)
{
    const int64_t wide = of->wide;
    memset(out, 0, (size_t)(rows * columns) * sizeof *out);
    for (int64_t k = 0; k < deep; k += DEEP)
        for (int64_t at = 0; at < columns; at += wide)
            of->tiles(a + k, deep, panels + at * deep + k * wide, deep - k < DEEP ? deep - k : DEEP, out + at, columns,
                      columns - at, rows);
}

/* Rows that a task takes. */
#define SHARE 240

/* out [rows, columns] = a [rows, deep] @ b [deep, columns]; the same whatever the threads. Returns 1 where vectors are
   short, where torch's product takes no longer, or there is no memory. */
EXPORT int32_t spikelut_product(const float *a, const float *b, float *out, int64_t rows, int64_t deep, int64_t columns,
                                int threads)
{
    const Products *of = products();
    if (of->wide < WIDEST)
        return 1;
    const int64_t count = (columns + WIDEST - 1) / WIDEST, shares = (rows + SHARE - 1) / SHARE;
    float *panels = aligned_alloc(64, (size_t)(count * deep * WIDEST) * sizeof *panels);
    if (!panels)
        return 1;
    const int crew = team(threads, rows * columns, shares);
    in_large_pages(out, (size_t)(rows * columns) * sizeof *out);
    _Pragma("omp parallel num_threads(crew) if (parallel : crew > 1)")
    {
        _Pragma("omp for schedule(static)")
        for (int64_t p = 0; p < count; p++)
            into_panel(of, b, p, deep, columns, panels);
        _Pragma("omp for schedule(dynamic)")
        for (int64_t s = 0; s < shares; s++) {
            const int64_t at = s * SHARE, n = rows - at < SHARE ? rows - at : SHARE;
            product_of_panels(of, a + at * deep, panels, out + at * columns, n, deep, columns);
        }
    }
    free(panels);
    return 0;
}
