/* Rounding of x / 2**shift as `quant/rounding.py` has it: a floor and a carry of one. */
#ifndef SPIKELUT_ROUNDING_H
#define SPIKELUT_ROUNDING_H

#include "common.h"

/* Whether one is added to `floor`, whose remainder is of `shift` >= 1 bits. */
#define CARRY(mode, floor, remainder, half, negative)                                                                  \
    ((mode) == FLOOR       ? 0                                                                                         \
     : (mode) == TRUNC0    ? ((negative) & ((remainder) != 0))                                                         \
     : (mode) == HALF_UP   ? ((remainder) >= (half))                                                                   \
     : (mode) == HALF_AWAY ? (((remainder) > (half)) | (((remainder) == (half)) & !(negative)))                        \
     : (mode) == HALF_EVEN ? (((remainder) > (half)) | (((remainder) == (half)) & ((floor)&1)))                        \
                           : (((remainder) > (half)) | (((remainder) == (half)) & (((floor)&1) | (negative)))))

#define DEFINE_ROUNDING(BITS)                                                                                          \
    INLINE int##BITS##_t round_shift##BITS(int##BITS##_t x, int32_t shift, int mode)                                   \
    {                                                                                                                  \
        const uint##BITS##_t one = 1, half = one << (shift - 1);                                                       \
        int##BITS##_t floor = x >> shift;                                                                              \
        uint##BITS##_t remainder = (uint##BITS##_t)x & ((one << shift) - 1);                                           \
        return floor + (int##BITS##_t)CARRY(mode, floor, remainder, half, (x < 0));                                    \
    }                                                                                                                  \
    INLINE int##BITS##_t multiply_shift##BITS(int##BITS##_t x, int##BITS##_t factor, int32_t shift, int mode)          \
    {                                                                                                                  \
        const uint##BITS##_t one = 1, half = one << (shift - 1), low = (one << shift) - 1;                             \
        uint##BITS##_t product = ((uint##BITS##_t)x & low) * (uint##BITS##_t)factor;                                   \
        int##BITS##_t floor = (x >> shift) * factor + (int##BITS##_t)(product >> shift);                               \
        uint##BITS##_t remainder = product & low;                                                                      \
        return floor + (int##BITS##_t)CARRY(mode, floor, remainder, half, (x < 0));                                    \
    }

DEFINE_ROUNDING(32)
DEFINE_ROUNDING(64)

#endif
