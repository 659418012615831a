/* Inputs as a network takes them: whole numbers of events. */
#include "common.h"

/* Whether one of float32 `x` [n] is no whole number from 0 to `most` of 1 / `inverse`. */
CLONES static int32_t wrong(const float *restrict x, int64_t n, float inverse, float most)
{
    int32_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        const float codes = x[i] * inverse;
        /* What an int32 does not hold, NaN too, must not be cast to it. */
        const float held = codes >= 0.0f && codes <= most ? codes : 0.0f;
        found |= (held != codes) | ((float)(int32_t)held != held);
    }
    return found;
}

/* The same of all of them, in `threads`. */
EXPORT int32_t spikelut_events_wrong(const float *x, int64_t n, float inverse, float most, int threads)
{
    int32_t failed = 0;
    IN_CHUNKS({
        if (wrong(x + at, m, inverse, most)) {
            _Pragma("omp atomic write")
            failed = 1;
        }
    })
    return failed;
}
