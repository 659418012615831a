/* Spikes as bits: bit k of byte j of a group is its value 128 k + j, so that eight rows make 128 bytes at once. */
#include "common.h"

#define BYTES 128
#define GROUP (8 * BYTES)

/* 1.0f; a value that is neither it nor 0 is one of the bits, -0.0f and NaN too. */
#define ONE 0x3f800000u

/* Returns 0 where `x` holds only 0 and 1. */
CLONES static uint32_t pack_group(const uint32_t *restrict x, uint8_t *restrict bits)
{
    uint32_t wrong = 0;
    for (int j = 0; j < BYTES; j++) {
        uint32_t byte = 0;
        for (int k = 0; k < 8; k++) {
            const uint32_t value = x[k * BYTES + j], one = value == ONE;
            byte |= one << k;
            wrong |= value & (one - 1);
        }
        bits[j] = (uint8_t)byte;
    }
    return wrong;
}

CLONES static void unpack_group(const uint8_t *restrict bits, uint32_t *restrict out)
{
    for (int k = 0; k < 8; k++)
        for (int j = 0; j < BYTES; j++)
            out[k * BYTES + j] = (0u - (bits[j] >> k & 1u)) & ONE;
}

/* A group of fewer values, filled up with zeros. */
static uint32_t pack_rest(const uint32_t *x, uint8_t *bits, int64_t n)
{
    uint32_t full[GROUP] = {0};
    memcpy(full, x, (size_t)n * sizeof *x);
    return pack_group(full, bits);
}

static void unpack_rest(const uint8_t *bits, uint32_t *out, int64_t n)
{
    uint32_t full[GROUP];
    unpack_group(bits, full);
    memcpy(out, full, (size_t)n * sizeof *out);
}

static uint32_t pack_groups(const uint32_t *x, uint8_t *bits, int64_t n)
{
    uint32_t wrong = 0;
    for (; n >= GROUP && !wrong; x += GROUP, bits += BYTES, n -= GROUP)
        wrong = pack_group(x, bits);
    return wrong || !n ? wrong : pack_rest(x, bits, n);
}

static void unpack_groups(const uint8_t *bits, uint32_t *out, int64_t n)
{
    for (; n >= GROUP; out += GROUP, bits += BYTES, n -= GROUP)
        unpack_group(bits, out);
    if (n > 0)
        unpack_rest(bits, out, n);
}

/* float32 `x` [n] as `bits`, 128 bytes for each 1024 or fewer. Returns 1, and gives up, where another value than 0 and
   1 is found; of what is no spike train the first values tell, before threads are started. */
EXPORT int32_t spikelut_pack(const uint32_t *x, uint8_t *bits, int64_t n, int threads)
{
    int32_t failed = n >= GROUP && pack_group(x, bits) != 0;
    if (failed)
        return 1;
    in_large_pages(bits, (size_t)((n + GROUP - 1) / GROUP * BYTES));
    IN_CHUNKS({
        int32_t over;
        _Pragma("omp atomic read")
        over = failed;
        if (!over && pack_groups(x + at, bits + at / 8, m)) {
            _Pragma("omp atomic write")
            failed = 1;
        }
    })
    return failed;
}

/* The way back: float32 `out` [n]. */
EXPORT void spikelut_unpack(const uint8_t *bits, uint32_t *out, int64_t n, int threads)
{
    in_large_pages(out, (size_t)n * sizeof *out);
    IN_CHUNKS(unpack_groups(bits + at / 8, out + at, m))
}
