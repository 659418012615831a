/* What the kernels share: how they are compiled for several processors, blocks, threads, and number formats. */
#ifndef SPIKELUT_COMMON_H
#define SPIKELUT_COMMON_H

#ifdef __linux__
#define _DEFAULT_SOURCE /* for madvise */
#include <sys/mman.h>
#if defined(__GLIBC__) && !defined(MADV_HUGEPAGE)
#error "a header of the system came before this one, and without madvise large results take twice as long"
#endif
#endif

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* A loop compiled for each instruction set, of which the dynamic linker takes the best the processor has. */
#if defined(CLONES) /* as its user wants it */
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
/* Without the rest of x86-64-v4, which AVX-512 came with everywhere but on Xeon Phi, bytes take vectors of 256 bits. */
#if __GNUC__ >= 12
#define CLONES __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#endif
#else
#define CLONES
#endif

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

/* Begins where a line of the cache does: a vector as long as a line that lies across two takes twice as long. */
#define LINED _Alignas(64)

/* Neurons whose time loop runs at once: few enough for their states to stay in the cache and on a thread's stack, many
   enough for the processor to see a row of the inputs coming (rows of 1024 took a fifth longer). */
#define BLOCK 4096

/* Of a row, what goes through the operations of a time step at once: temporaries stay in the first cache. */
#define PIECE 512

/* From here on memory that was never touched comes in large pages: each small one costs the kernel's zeroing and a
   fault, together several times what the arithmetic does. */
#define LARGE ((size_t)4 << 20)
#define PAGE ((uintptr_t)4096)

INLINE void in_large_pages(void *memory, size_t bytes)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (memory && bytes >= LARGE) {
        const uintptr_t first = ((uintptr_t)memory + PAGE - 1) / PAGE * PAGE;
        (void)madvise((void *)first, ((uintptr_t)memory + bytes - first) / PAGE * PAGE, MADV_HUGEPAGE); /* advice */
    }
#else
    (void)memory, (void)bytes;
#endif
}

/* Have a row of the next time step on its way while this one is computed, as rows that lie far apart are not seen coming
   by the processor. Rows that stay in the cache need none, and it takes a tenth of their time. `WRITES`: 1 or 0. */
#ifdef __GNUC__
#define COMING(MEMORY, BYTES, WRITES)                                                                                  \
    for (int64_t coming = 0; coming < (BYTES); coming += 64)                                                           \
        __builtin_prefetch((const char *)(MEMORY) + coming, WRITES, 2)
#else
#define COMING(MEMORY, BYTES, WRITES) (void)0
#endif

/* NaN and infinities are these bits and above, less the sign. */
#define INFINITE_BITS 0x7f800000

INLINE int far_apart(int64_t count) { return count >= (int64_t)LARGE / 4; }

INLINE int32_t float_bits(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* A number that compilers do not know: see `unseen_limits` in `quant/codegen/c_writer.py`. */
INLINE float unseen32(float x)
{
    volatile float held = x;
    return held;
}

INLINE double unseen64(double x)
{
    volatile double held = x;
    return held;
}

/* Up to here threads cost more than they bring; torch has the same. */
#define GRAIN 32768

/* The threads worth starting for `count` elements, where each gets one of `blocks` at least. */
INLINE int team(int threads, int64_t count, int64_t blocks)
{
    if (count < 2 * GRAIN || threads < 2)
        return 1;
    return blocks < threads ? (int)(blocks > 0 ? blocks : 1) : threads;
}

/* Elements of a flat tensor that a thread takes at a time: a whole number of the groups of `pack.c`. */
#define CHUNK (8 * BLOCK)

/* Calling a team, be it of one, takes as long as a thousand elements do: what fits a chunk goes without. */
#define IN_CHUNKS(BODY)                                                                                                \
    if (n <= CHUNK) {                                                                                                  \
        const int64_t at = 0, m = n;                                                                                   \
        BODY;                                                                                                          \
    } else {                                                                                                           \
        const int64_t chunks = (n + CHUNK - 1) / CHUNK;                                                                \
        const int crew = team(threads, n, chunks);                                                                     \
        _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")                        \
        for (int64_t chunk = 0; chunk < chunks; chunk++) {                                                             \
            const int64_t at = chunk * CHUNK, m = n - at < CHUNK ? n - at : CHUNK;                                     \
            BODY;                                                                                                      \
        }                                                                                                              \
    }

#endif
