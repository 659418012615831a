/* The inner loops of `product.c`, included once for each width of vectors: of BYTES, compiled for TARGET, with TALL rows
   of two held in registers; MORE(x, a, b) adds a number times a vector to one; NAMED(x) is the name of x for that width. */

#define WIDE (BYTES / 2)
typedef float NAMED(Reals) __attribute__((vector_size(BYTES), aligned(4), may_alias));

/* c [tall, columns] += a [tall, deep] @ panel [deep, WIDE]. */
TARGET INLINE void NAMED(tile)(const float *restrict a, int64_t a_row, const float *restrict panel, int64_t deep,
                               float *restrict c, int64_t c_row, int64_t columns, const int tall)
{
    NAMED(Reals) held[TALL][2];
    for (int r = 0; r < tall; r++)
        held[r][0] = held[r][1] = (NAMED(Reals)){0};
    for (int64_t k = 0; k < deep; k++) {
        const NAMED(Reals) *row = (const NAMED(Reals) *)(const void *)(panel + k * WIDE);
        const NAMED(Reals) left = row[0], right = row[1];
        for (int r = 0; r < tall; r++) {
            MORE(held[r][0], a[r * a_row + k], left);
            MORE(held[r][1], a[r * a_row + k], right);
        }
    }
    if (columns >= WIDE)
        for (int r = 0; r < tall; r++) {
            NAMED(Reals) *to = (NAMED(Reals) *)(void *)(c + r * c_row);
            to[0] += held[r][0];
            to[1] += held[r][1];
        }
    else
        for (int r = 0; r < tall; r++) {
            float whole[WIDE] __attribute__((aligned(BYTES)));
            memcpy(whole, held[r], sizeof whole);
            for (int64_t j = 0; j < columns; j++)
                c[r * c_row + j] += whole[j];
        }
}

TARGET static void NAMED(tiles)(const float *a, int64_t a_row, const float *panel, int64_t deep, float *c, int64_t c_row,
                                int64_t columns, int64_t rows)
{
    for (; rows >= TALL; rows -= TALL, a += TALL * a_row, c += TALL * c_row)
        NAMED(tile)(a, a_row, panel, deep, c, c_row, columns, TALL);
    for (; rows >= 4; rows -= 4, a += 4 * a_row, c += 4 * c_row)
        NAMED(tile)(a, a_row, panel, deep, c, c_row, columns, 4);
    for (; rows > 0; rows--, a += a_row, c += c_row)
        NAMED(tile)(a, a_row, panel, deep, c, c_row, columns, 1);
}

static const Products NAMED(products) = {WIDE, NAMED(tiles)};

#undef BYTES
#undef WIDE
#undef TALL
#undef TARGET
#undef MORE
#undef NAMED
