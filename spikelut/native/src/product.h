/* Products of matrices, of which the right one is brought into panels first: see `product.c`. */
#ifndef SPIKELUT_PRODUCT_H
#define SPIKELUT_PRODUCT_H

#include "common.h"

typedef struct {
    int64_t wide; /* columns of a panel */
    void (*tiles)(const float *, int64_t, const float *, int64_t, float *, int64_t, int64_t, int64_t);
} Products;

/* Columns of the widest panel: room for panels is deep * columns, filled up to a multiple of these. */
#define WIDEST 32

/* For the vectors that `spike_loops` takes. */
const Products *products(void);

/* Panel p of b [deep, columns] in its place of `panels`. */
void into_panel(const Products *of, const float *b, int64_t p, int64_t deep, int64_t columns, float *panels);

/* out [rows, columns] = a [rows, deep] @ b, given as panels: each row the same, whatever the others. */
void product_of_panels(const Products *of, const float *a, const float *panels, float *out, int64_t rows, int64_t deep,
                       int64_t columns);

#endif
