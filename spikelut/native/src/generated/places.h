/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../table.h"

INLINE int32_t cells_floor(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v2 - 1;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v3 ? v6 : v3;
    const int32_t v8 = v7 < v4 ? v7 : v4;
    const int32_t v9 = v8 >> v0;
    const int32_t v10 = v9 - v1;
    const int32_t v11 = v10 > 0 ? v10 : 0;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    return v12;
}

INLINE int32_t cells_floor_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v2 - 1;
    const int32_t v7 = code;
    const int32_t v8 = v7 > v4 ? v7 : v4;
    const int32_t v9 = v8 < v5 ? v8 : v5;
    const int32_t v10 = v9 >> v0;
    const int32_t v11 = v10 - v1;
    const int32_t v12 = v11 > 0 ? v11 : 0;
    const int32_t v13 = v12 < v6 ? v12 : v6;
    const int32_t v14 = 0 <= v11;
    const int32_t v15 = v11 < v2;
    const int32_t v16 = v14 & v15;
    const int32_t v17 = v16 ? v13 : v3;
    return v17;
}

INLINE int32_t cells_floor_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v2 - 1;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v3 ? v6 : v3;
    const int32_t v8 = v7 < v4 ? v7 : v4;
    const int32_t v9 = v8 >> v0;
    const int32_t v10 = v9 - v1;
    const int32_t v11 = v10 > 0 ? v10 : 0;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = v12 + v1;
    const int32_t v14 = v13 & v5;
    return v14;
}

INLINE int32_t cells_floor_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v2 - 1;
    const int32_t v7 = code;
    const int32_t v8 = v7 > v4 ? v7 : v4;
    const int32_t v9 = v8 < v5 ? v8 : v5;
    const int32_t v10 = v9 >> v0;
    const int32_t v11 = v10 - v1;
    const int32_t v12 = v11 > 0 ? v11 : 0;
    const int32_t v13 = v12 < v6 ? v12 : v6;
    const int32_t v14 = v13 + v1;
    const int32_t v15 = v14 & v6;
    const int32_t v16 = 0 <= v11;
    const int32_t v17 = v11 < v2;
    const int32_t v18 = v16 & v17;
    const int32_t v19 = v18 ? v15 : v3;
    return v19;
}

INLINE int32_t cells_floor_folded(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v2 - 1;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v3 ? v6 : v3;
    const int32_t v8 = v7 < v4 ? v7 : v4;
    const int32_t v9 = 0 - v8;
    const int32_t v10 = v8 > v9 ? v8 : v9;
    const int32_t v11 = v10 >> v0;
    const int32_t v12 = v11 - v1;
    const int32_t v13 = v12 > 0 ? v12 : 0;
    const int32_t v14 = v13 < v5 ? v13 : v5;
    return v14;
}

INLINE int32_t cells_floor_folded_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v2 - 1;
    const int32_t v7 = code;
    const int32_t v8 = v7 > v4 ? v7 : v4;
    const int32_t v9 = v8 < v5 ? v8 : v5;
    const int32_t v10 = 0 - v9;
    const int32_t v11 = v9 > v10 ? v9 : v10;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 - v1;
    const int32_t v14 = v13 > 0 ? v13 : 0;
    const int32_t v15 = v14 < v6 ? v14 : v6;
    const int32_t v16 = 0 <= v13;
    const int32_t v17 = v13 < v2;
    const int32_t v18 = v16 & v17;
    const int32_t v19 = v18 ? v15 : v3;
    return v19;
}

INLINE int32_t cells_floor_folded_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v2 - 1;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v3 ? v6 : v3;
    const int32_t v8 = v7 < v4 ? v7 : v4;
    const int32_t v9 = 0 - v8;
    const int32_t v10 = v8 > v9 ? v8 : v9;
    const int32_t v11 = v10 >> v0;
    const int32_t v12 = v11 - v1;
    const int32_t v13 = v12 > 0 ? v12 : 0;
    const int32_t v14 = v13 < v5 ? v13 : v5;
    const int32_t v15 = v14 + v1;
    const int32_t v16 = v15 & v5;
    return v16;
}

INLINE int32_t cells_floor_folded_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v2 - 1;
    const int32_t v7 = code;
    const int32_t v8 = v7 > v4 ? v7 : v4;
    const int32_t v9 = v8 < v5 ? v8 : v5;
    const int32_t v10 = 0 - v9;
    const int32_t v11 = v9 > v10 ? v9 : v10;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 - v1;
    const int32_t v14 = v13 > 0 ? v13 : 0;
    const int32_t v15 = v14 < v6 ? v14 : v6;
    const int32_t v16 = v15 + v1;
    const int32_t v17 = v16 & v6;
    const int32_t v18 = 0 <= v13;
    const int32_t v19 = v13 < v2;
    const int32_t v20 = v18 & v19;
    const int32_t v21 = v20 ? v17 : v3;
    return v21;
}

INLINE int32_t cells_trunc0(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = (int32_t)1 << v0;
    const int32_t v6 = v5 - 1;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = v10 < 0;
    const int32_t v12 = v11 ? v6 : 0;
    const int32_t v13 = v10 + v12;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 - v1;
    const int32_t v16 = v15 > 0 ? v15 : 0;
    const int32_t v17 = v16 < v7 ? v16 : v7;
    return v17;
}

INLINE int32_t cells_trunc0_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = (int32_t)1 << v0;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = v11 < 0;
    const int32_t v13 = v12 ? v7 : 0;
    const int32_t v14 = v11 + v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = 0 <= v16;
    const int32_t v20 = v16 < v2;
    const int32_t v21 = v19 & v20;
    const int32_t v22 = v21 ? v18 : v3;
    return v22;
}

INLINE int32_t cells_trunc0_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = (int32_t)1 << v0;
    const int32_t v6 = v5 - 1;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = v10 < 0;
    const int32_t v12 = v11 ? v6 : 0;
    const int32_t v13 = v10 + v12;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 - v1;
    const int32_t v16 = v15 > 0 ? v15 : 0;
    const int32_t v17 = v16 < v7 ? v16 : v7;
    const int32_t v18 = v17 + v1;
    const int32_t v19 = v18 & v7;
    return v19;
}

INLINE int32_t cells_trunc0_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = (int32_t)1 << v0;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = v11 < 0;
    const int32_t v13 = v12 ? v7 : 0;
    const int32_t v14 = v11 + v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = v18 + v1;
    const int32_t v20 = v19 & v8;
    const int32_t v21 = 0 <= v16;
    const int32_t v22 = v16 < v2;
    const int32_t v23 = v21 & v22;
    const int32_t v24 = v23 ? v20 : v3;
    return v24;
}

INLINE int32_t cells_trunc0_folded(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v2 - 1;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v3 ? v6 : v3;
    const int32_t v8 = v7 < v4 ? v7 : v4;
    const int32_t v9 = 0 - v8;
    const int32_t v10 = v8 > v9 ? v8 : v9;
    const int32_t v11 = v10 >> v0;
    const int32_t v12 = v11 - v1;
    const int32_t v13 = v12 > 0 ? v12 : 0;
    const int32_t v14 = v13 < v5 ? v13 : v5;
    return v14;
}

INLINE int32_t cells_trunc0_folded_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v2 - 1;
    const int32_t v7 = code;
    const int32_t v8 = v7 > v4 ? v7 : v4;
    const int32_t v9 = v8 < v5 ? v8 : v5;
    const int32_t v10 = 0 - v9;
    const int32_t v11 = v9 > v10 ? v9 : v10;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 - v1;
    const int32_t v14 = v13 > 0 ? v13 : 0;
    const int32_t v15 = v14 < v6 ? v14 : v6;
    const int32_t v16 = 0 <= v13;
    const int32_t v17 = v13 < v2;
    const int32_t v18 = v16 & v17;
    const int32_t v19 = v18 ? v15 : v3;
    return v19;
}

INLINE int32_t cells_trunc0_folded_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v2 - 1;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v3 ? v6 : v3;
    const int32_t v8 = v7 < v4 ? v7 : v4;
    const int32_t v9 = 0 - v8;
    const int32_t v10 = v8 > v9 ? v8 : v9;
    const int32_t v11 = v10 >> v0;
    const int32_t v12 = v11 - v1;
    const int32_t v13 = v12 > 0 ? v12 : 0;
    const int32_t v14 = v13 < v5 ? v13 : v5;
    const int32_t v15 = v14 + v1;
    const int32_t v16 = v15 & v5;
    return v16;
}

INLINE int32_t cells_trunc0_folded_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v2 - 1;
    const int32_t v7 = code;
    const int32_t v8 = v7 > v4 ? v7 : v4;
    const int32_t v9 = v8 < v5 ? v8 : v5;
    const int32_t v10 = 0 - v9;
    const int32_t v11 = v9 > v10 ? v9 : v10;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 - v1;
    const int32_t v14 = v13 > 0 ? v13 : 0;
    const int32_t v15 = v14 < v6 ? v14 : v6;
    const int32_t v16 = v15 + v1;
    const int32_t v17 = v16 & v6;
    const int32_t v18 = 0 <= v13;
    const int32_t v19 = v13 < v2;
    const int32_t v20 = v18 & v19;
    const int32_t v21 = v20 ? v17 : v3;
    return v21;
}

INLINE int32_t cells_half_up(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = v10 + v6;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 - v1;
    const int32_t v14 = v13 > 0 ? v13 : 0;
    const int32_t v15 = v14 < v7 ? v14 : v7;
    return v15;
}

INLINE int32_t cells_half_up_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = v11 + v7;
    const int32_t v13 = v12 >> v0;
    const int32_t v14 = v13 - v1;
    const int32_t v15 = v14 > 0 ? v14 : 0;
    const int32_t v16 = v15 < v8 ? v15 : v8;
    const int32_t v17 = 0 <= v14;
    const int32_t v18 = v14 < v2;
    const int32_t v19 = v17 & v18;
    const int32_t v20 = v19 ? v16 : v3;
    return v20;
}

INLINE int32_t cells_half_up_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = v10 + v6;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 - v1;
    const int32_t v14 = v13 > 0 ? v13 : 0;
    const int32_t v15 = v14 < v7 ? v14 : v7;
    const int32_t v16 = v15 + v1;
    const int32_t v17 = v16 & v7;
    return v17;
}

INLINE int32_t cells_half_up_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = v11 + v7;
    const int32_t v13 = v12 >> v0;
    const int32_t v14 = v13 - v1;
    const int32_t v15 = v14 > 0 ? v14 : 0;
    const int32_t v16 = v15 < v8 ? v15 : v8;
    const int32_t v17 = v16 + v1;
    const int32_t v18 = v17 & v8;
    const int32_t v19 = 0 <= v14;
    const int32_t v20 = v14 < v2;
    const int32_t v21 = v19 & v20;
    const int32_t v22 = v21 ? v18 : v3;
    return v22;
}

INLINE int32_t cells_half_up_folded(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = 0 - v10;
    const int32_t v12 = v10 > v11 ? v10 : v11;
    const int32_t v13 = v12 + v6;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 - v1;
    const int32_t v16 = v15 > 0 ? v15 : 0;
    const int32_t v17 = v16 < v7 ? v16 : v7;
    return v17;
}

INLINE int32_t cells_half_up_folded_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 + v7;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = 0 <= v16;
    const int32_t v20 = v16 < v2;
    const int32_t v21 = v19 & v20;
    const int32_t v22 = v21 ? v18 : v3;
    return v22;
}

INLINE int32_t cells_half_up_folded_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = 0 - v10;
    const int32_t v12 = v10 > v11 ? v10 : v11;
    const int32_t v13 = v12 + v6;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 - v1;
    const int32_t v16 = v15 > 0 ? v15 : 0;
    const int32_t v17 = v16 < v7 ? v16 : v7;
    const int32_t v18 = v17 + v1;
    const int32_t v19 = v18 & v7;
    return v19;
}

INLINE int32_t cells_half_up_folded_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 + v7;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = v18 + v1;
    const int32_t v20 = v19 & v8;
    const int32_t v21 = 0 <= v16;
    const int32_t v22 = v16 < v2;
    const int32_t v23 = v21 & v22;
    const int32_t v24 = v23 ? v20 : v3;
    return v24;
}

INLINE int32_t cells_half_away(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = 0 <= v11;
    const int32_t v13 = v7 + v12;
    const int32_t v14 = v11 + v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    return v18;
}

INLINE int32_t cells_half_away_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = 0 <= v12;
    const int32_t v14 = v8 + v13;
    const int32_t v15 = v12 + v14;
    const int32_t v16 = v15 >> v0;
    const int32_t v17 = v16 - v1;
    const int32_t v18 = v17 > 0 ? v17 : 0;
    const int32_t v19 = v18 < v9 ? v18 : v9;
    const int32_t v20 = 0 <= v17;
    const int32_t v21 = v17 < v2;
    const int32_t v22 = v20 & v21;
    const int32_t v23 = v22 ? v19 : v3;
    return v23;
}

INLINE int32_t cells_half_away_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = 0 <= v11;
    const int32_t v13 = v7 + v12;
    const int32_t v14 = v11 + v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = v18 + v1;
    const int32_t v20 = v19 & v8;
    return v20;
}

INLINE int32_t cells_half_away_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = 0 <= v12;
    const int32_t v14 = v8 + v13;
    const int32_t v15 = v12 + v14;
    const int32_t v16 = v15 >> v0;
    const int32_t v17 = v16 - v1;
    const int32_t v18 = v17 > 0 ? v17 : 0;
    const int32_t v19 = v18 < v9 ? v18 : v9;
    const int32_t v20 = v19 + v1;
    const int32_t v21 = v20 & v9;
    const int32_t v22 = 0 <= v17;
    const int32_t v23 = v17 < v2;
    const int32_t v24 = v22 & v23;
    const int32_t v25 = v24 ? v21 : v3;
    return v25;
}

INLINE int32_t cells_half_away_folded(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = 0 - v10;
    const int32_t v12 = v10 > v11 ? v10 : v11;
    const int32_t v13 = v12 + v6;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 - v1;
    const int32_t v16 = v15 > 0 ? v15 : 0;
    const int32_t v17 = v16 < v7 ? v16 : v7;
    return v17;
}

INLINE int32_t cells_half_away_folded_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 + v7;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = 0 <= v16;
    const int32_t v20 = v16 < v2;
    const int32_t v21 = v19 & v20;
    const int32_t v22 = v21 ? v18 : v3;
    return v22;
}

INLINE int32_t cells_half_away_folded_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v2 - 1;
    const int32_t v8 = code;
    const int32_t v9 = v8 > v3 ? v8 : v3;
    const int32_t v10 = v9 < v4 ? v9 : v4;
    const int32_t v11 = 0 - v10;
    const int32_t v12 = v10 > v11 ? v10 : v11;
    const int32_t v13 = v12 + v6;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 - v1;
    const int32_t v16 = v15 > 0 ? v15 : 0;
    const int32_t v17 = v16 < v7 ? v16 : v7;
    const int32_t v18 = v17 + v1;
    const int32_t v19 = v18 & v7;
    return v19;
}

INLINE int32_t cells_half_away_folded_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v4 ? v9 : v4;
    const int32_t v11 = v10 < v5 ? v10 : v5;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 + v7;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 - v1;
    const int32_t v17 = v16 > 0 ? v16 : 0;
    const int32_t v18 = v17 < v8 ? v17 : v8;
    const int32_t v19 = v18 + v1;
    const int32_t v20 = v19 & v8;
    const int32_t v21 = 0 <= v16;
    const int32_t v22 = v16 < v2;
    const int32_t v23 = v21 & v22;
    const int32_t v24 = v23 ? v20 : v3;
    return v24;
}

INLINE int32_t cells_half_even(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 & 1;
    const int32_t v14 = v13 == 1;
    const int32_t v15 = v7 + v14;
    const int32_t v16 = v11 + v15;
    const int32_t v17 = v16 >> v0;
    const int32_t v18 = v17 - v1;
    const int32_t v19 = v18 > 0 ? v18 : 0;
    const int32_t v20 = v19 < v8 ? v19 : v8;
    return v20;
}

INLINE int32_t cells_half_even_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = v12 >> v0;
    const int32_t v14 = v13 & 1;
    const int32_t v15 = v14 == 1;
    const int32_t v16 = v8 + v15;
    const int32_t v17 = v12 + v16;
    const int32_t v18 = v17 >> v0;
    const int32_t v19 = v18 - v1;
    const int32_t v20 = v19 > 0 ? v19 : 0;
    const int32_t v21 = v20 < v9 ? v20 : v9;
    const int32_t v22 = 0 <= v19;
    const int32_t v23 = v19 < v2;
    const int32_t v24 = v22 & v23;
    const int32_t v25 = v24 ? v21 : v3;
    return v25;
}

INLINE int32_t cells_half_even_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 & 1;
    const int32_t v14 = v13 == 1;
    const int32_t v15 = v7 + v14;
    const int32_t v16 = v11 + v15;
    const int32_t v17 = v16 >> v0;
    const int32_t v18 = v17 - v1;
    const int32_t v19 = v18 > 0 ? v18 : 0;
    const int32_t v20 = v19 < v8 ? v19 : v8;
    const int32_t v21 = v20 + v1;
    const int32_t v22 = v21 & v8;
    return v22;
}

INLINE int32_t cells_half_even_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = v12 >> v0;
    const int32_t v14 = v13 & 1;
    const int32_t v15 = v14 == 1;
    const int32_t v16 = v8 + v15;
    const int32_t v17 = v12 + v16;
    const int32_t v18 = v17 >> v0;
    const int32_t v19 = v18 - v1;
    const int32_t v20 = v19 > 0 ? v19 : 0;
    const int32_t v21 = v20 < v9 ? v20 : v9;
    const int32_t v22 = v21 + v1;
    const int32_t v23 = v22 & v9;
    const int32_t v24 = 0 <= v19;
    const int32_t v25 = v19 < v2;
    const int32_t v26 = v24 & v25;
    const int32_t v27 = v26 ? v23 : v3;
    return v27;
}

INLINE int32_t cells_half_even_folded(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 & 1;
    const int32_t v16 = v15 == 1;
    const int32_t v17 = v7 + v16;
    const int32_t v18 = v13 + v17;
    const int32_t v19 = v18 >> v0;
    const int32_t v20 = v19 - v1;
    const int32_t v21 = v20 > 0 ? v20 : 0;
    const int32_t v22 = v21 < v8 ? v21 : v8;
    return v22;
}

INLINE int32_t cells_half_even_folded_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = 0 - v12;
    const int32_t v14 = v12 > v13 ? v12 : v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 & 1;
    const int32_t v17 = v16 == 1;
    const int32_t v18 = v8 + v17;
    const int32_t v19 = v14 + v18;
    const int32_t v20 = v19 >> v0;
    const int32_t v21 = v20 - v1;
    const int32_t v22 = v21 > 0 ? v21 : 0;
    const int32_t v23 = v22 < v9 ? v22 : v9;
    const int32_t v24 = 0 <= v21;
    const int32_t v25 = v21 < v2;
    const int32_t v26 = v24 & v25;
    const int32_t v27 = v26 ? v23 : v3;
    return v27;
}

INLINE int32_t cells_half_even_folded_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 & 1;
    const int32_t v16 = v15 == 1;
    const int32_t v17 = v7 + v16;
    const int32_t v18 = v13 + v17;
    const int32_t v19 = v18 >> v0;
    const int32_t v20 = v19 - v1;
    const int32_t v21 = v20 > 0 ? v20 : 0;
    const int32_t v22 = v21 < v8 ? v21 : v8;
    const int32_t v23 = v22 + v1;
    const int32_t v24 = v23 & v8;
    return v24;
}

INLINE int32_t cells_half_even_folded_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = 0 - v12;
    const int32_t v14 = v12 > v13 ? v12 : v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 & 1;
    const int32_t v17 = v16 == 1;
    const int32_t v18 = v8 + v17;
    const int32_t v19 = v14 + v18;
    const int32_t v20 = v19 >> v0;
    const int32_t v21 = v20 - v1;
    const int32_t v22 = v21 > 0 ? v21 : 0;
    const int32_t v23 = v22 < v9 ? v22 : v9;
    const int32_t v24 = v23 + v1;
    const int32_t v25 = v24 & v9;
    const int32_t v26 = 0 <= v21;
    const int32_t v27 = v21 < v2;
    const int32_t v28 = v26 & v27;
    const int32_t v29 = v28 ? v25 : v3;
    return v29;
}

INLINE int32_t cells_dpu(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 & 1;
    const int32_t v14 = v13 == 1;
    const int32_t v15 = v11 < 0;
    const int32_t v16 = v14 | v15;
    const int32_t v17 = v7 + v16;
    const int32_t v18 = v11 + v17;
    const int32_t v19 = v18 >> v0;
    const int32_t v20 = v19 - v1;
    const int32_t v21 = v20 > 0 ? v20 : 0;
    const int32_t v22 = v21 < v8 ? v21 : v8;
    return v22;
}

INLINE int32_t cells_dpu_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = v12 >> v0;
    const int32_t v14 = v13 & 1;
    const int32_t v15 = v14 == 1;
    const int32_t v16 = v12 < 0;
    const int32_t v17 = v15 | v16;
    const int32_t v18 = v8 + v17;
    const int32_t v19 = v12 + v18;
    const int32_t v20 = v19 >> v0;
    const int32_t v21 = v20 - v1;
    const int32_t v22 = v21 > 0 ? v21 : 0;
    const int32_t v23 = v22 < v9 ? v22 : v9;
    const int32_t v24 = 0 <= v21;
    const int32_t v25 = v21 < v2;
    const int32_t v26 = v24 & v25;
    const int32_t v27 = v26 ? v23 : v3;
    return v27;
}

INLINE int32_t cells_dpu_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = v11 >> v0;
    const int32_t v13 = v12 & 1;
    const int32_t v14 = v13 == 1;
    const int32_t v15 = v11 < 0;
    const int32_t v16 = v14 | v15;
    const int32_t v17 = v7 + v16;
    const int32_t v18 = v11 + v17;
    const int32_t v19 = v18 >> v0;
    const int32_t v20 = v19 - v1;
    const int32_t v21 = v20 > 0 ? v20 : 0;
    const int32_t v22 = v21 < v8 ? v21 : v8;
    const int32_t v23 = v22 + v1;
    const int32_t v24 = v23 & v8;
    return v24;
}

INLINE int32_t cells_dpu_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = v12 >> v0;
    const int32_t v14 = v13 & 1;
    const int32_t v15 = v14 == 1;
    const int32_t v16 = v12 < 0;
    const int32_t v17 = v15 | v16;
    const int32_t v18 = v8 + v17;
    const int32_t v19 = v12 + v18;
    const int32_t v20 = v19 >> v0;
    const int32_t v21 = v20 - v1;
    const int32_t v22 = v21 > 0 ? v21 : 0;
    const int32_t v23 = v22 < v9 ? v22 : v9;
    const int32_t v24 = v23 + v1;
    const int32_t v25 = v24 & v9;
    const int32_t v26 = 0 <= v21;
    const int32_t v27 = v21 < v2;
    const int32_t v28 = v26 & v27;
    const int32_t v29 = v28 ? v25 : v3;
    return v29;
}

INLINE int32_t cells_dpu_folded(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 & 1;
    const int32_t v16 = v15 == 1;
    const int32_t v17 = v7 + v16;
    const int32_t v18 = v13 + v17;
    const int32_t v19 = v18 >> v0;
    const int32_t v20 = v19 - v1;
    const int32_t v21 = v20 > 0 ? v20 : 0;
    const int32_t v22 = v21 < v8 ? v21 : v8;
    return v22;
}

INLINE int32_t cells_dpu_folded_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = 0 - v12;
    const int32_t v14 = v12 > v13 ? v12 : v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 & 1;
    const int32_t v17 = v16 == 1;
    const int32_t v18 = v8 + v17;
    const int32_t v19 = v14 + v18;
    const int32_t v20 = v19 >> v0;
    const int32_t v21 = v20 - v1;
    const int32_t v22 = v21 > 0 ? v21 : 0;
    const int32_t v23 = v22 < v9 ? v22 : v9;
    const int32_t v24 = 0 <= v21;
    const int32_t v25 = v21 < v2;
    const int32_t v26 = v24 & v25;
    const int32_t v27 = v26 ? v23 : v3;
    return v27;
}

INLINE int32_t cells_dpu_folded_twos(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = (int32_t)table->low;
    const int32_t v4 = (int32_t)table->high;
    const int32_t v5 = v0 - 1;
    const int32_t v6 = (int32_t)1 << v5;
    const int32_t v7 = v6 - 1;
    const int32_t v8 = v2 - 1;
    const int32_t v9 = code;
    const int32_t v10 = v9 > v3 ? v9 : v3;
    const int32_t v11 = v10 < v4 ? v10 : v4;
    const int32_t v12 = 0 - v11;
    const int32_t v13 = v11 > v12 ? v11 : v12;
    const int32_t v14 = v13 >> v0;
    const int32_t v15 = v14 & 1;
    const int32_t v16 = v15 == 1;
    const int32_t v17 = v7 + v16;
    const int32_t v18 = v13 + v17;
    const int32_t v19 = v18 >> v0;
    const int32_t v20 = v19 - v1;
    const int32_t v21 = v20 > 0 ? v20 : 0;
    const int32_t v22 = v21 < v8 ? v21 : v8;
    const int32_t v23 = v22 + v1;
    const int32_t v24 = v23 & v8;
    return v24;
}

INLINE int32_t cells_dpu_folded_twos_beyond(const Table *table, int32_t code)
{
    const int32_t v0 = table->shift;
    const int32_t v1 = table->first;
    const int32_t v2 = table->count;
    const int32_t v3 = table->beyond;
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = v0 - 1;
    const int32_t v7 = (int32_t)1 << v6;
    const int32_t v8 = v7 - 1;
    const int32_t v9 = v2 - 1;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v4 ? v10 : v4;
    const int32_t v12 = v11 < v5 ? v11 : v5;
    const int32_t v13 = 0 - v12;
    const int32_t v14 = v12 > v13 ? v12 : v13;
    const int32_t v15 = v14 >> v0;
    const int32_t v16 = v15 & 1;
    const int32_t v17 = v16 == 1;
    const int32_t v18 = v8 + v17;
    const int32_t v19 = v14 + v18;
    const int32_t v20 = v19 >> v0;
    const int32_t v21 = v20 - v1;
    const int32_t v22 = v21 > 0 ? v21 : 0;
    const int32_t v23 = v22 < v9 ? v22 : v9;
    const int32_t v24 = v23 + v1;
    const int32_t v25 = v24 & v9;
    const int32_t v26 = 0 <= v21;
    const int32_t v27 = v21 < v2;
    const int32_t v28 = v26 & v27;
    const int32_t v29 = v28 ? v25 : v3;
    return v29;
}

INLINE int32_t segments_4(const Table *table, int32_t code)
{
    const int32_t v0 = table->breakpoints[0];
    const int32_t v1 = table->breakpoints[1];
    const int32_t v2 = table->breakpoints[2];
    const int32_t v3 = table->breakpoints[3];
    const int32_t v4 = (int32_t)table->low;
    const int32_t v5 = (int32_t)table->high;
    const int32_t v6 = code;
    const int32_t v7 = v6 > v4 ? v6 : v4;
    const int32_t v8 = v7 < v5 ? v7 : v5;
    const int32_t v9 = v0 <= v8;
    const int32_t v10 = v1 <= v8;
    const int32_t v11 = v9 + v10;
    const int32_t v12 = v2 <= v8;
    const int32_t v13 = v11 + v12;
    const int32_t v14 = v3 <= v8;
    const int32_t v15 = v13 + v14;
    return v15;
}

INLINE int32_t segments_8(const Table *table, int32_t code)
{
    const int32_t v0 = table->breakpoints[0];
    const int32_t v1 = table->breakpoints[1];
    const int32_t v2 = table->breakpoints[2];
    const int32_t v3 = table->breakpoints[3];
    const int32_t v4 = table->breakpoints[4];
    const int32_t v5 = table->breakpoints[5];
    const int32_t v6 = table->breakpoints[6];
    const int32_t v7 = table->breakpoints[7];
    const int32_t v8 = (int32_t)table->low;
    const int32_t v9 = (int32_t)table->high;
    const int32_t v10 = code;
    const int32_t v11 = v10 > v8 ? v10 : v8;
    const int32_t v12 = v11 < v9 ? v11 : v9;
    const int32_t v13 = v0 <= v12;
    const int32_t v14 = v1 <= v12;
    const int32_t v15 = v13 + v14;
    const int32_t v16 = v2 <= v12;
    const int32_t v17 = v15 + v16;
    const int32_t v18 = v3 <= v12;
    const int32_t v19 = v17 + v18;
    const int32_t v20 = v4 <= v12;
    const int32_t v21 = v19 + v20;
    const int32_t v22 = v5 <= v12;
    const int32_t v23 = v21 + v22;
    const int32_t v24 = v6 <= v12;
    const int32_t v25 = v23 + v24;
    const int32_t v26 = v7 <= v12;
    const int32_t v27 = v25 + v26;
    return v27;
}

INLINE int32_t segments_16(const Table *table, int32_t code)
{
    const int32_t v0 = table->breakpoints[0];
    const int32_t v1 = table->breakpoints[1];
    const int32_t v2 = table->breakpoints[2];
    const int32_t v3 = table->breakpoints[3];
    const int32_t v4 = table->breakpoints[4];
    const int32_t v5 = table->breakpoints[5];
    const int32_t v6 = table->breakpoints[6];
    const int32_t v7 = table->breakpoints[7];
    const int32_t v8 = table->breakpoints[8];
    const int32_t v9 = table->breakpoints[9];
    const int32_t v10 = table->breakpoints[10];
    const int32_t v11 = table->breakpoints[11];
    const int32_t v12 = table->breakpoints[12];
    const int32_t v13 = table->breakpoints[13];
    const int32_t v14 = table->breakpoints[14];
    const int32_t v15 = table->breakpoints[15];
    const int32_t v16 = (int32_t)table->low;
    const int32_t v17 = (int32_t)table->high;
    const int32_t v18 = code;
    const int32_t v19 = v18 > v16 ? v18 : v16;
    const int32_t v20 = v19 < v17 ? v19 : v17;
    const int32_t v21 = v0 <= v20;
    const int32_t v22 = v1 <= v20;
    const int32_t v23 = v21 + v22;
    const int32_t v24 = v2 <= v20;
    const int32_t v25 = v23 + v24;
    const int32_t v26 = v3 <= v20;
    const int32_t v27 = v25 + v26;
    const int32_t v28 = v4 <= v20;
    const int32_t v29 = v27 + v28;
    const int32_t v30 = v5 <= v20;
    const int32_t v31 = v29 + v30;
    const int32_t v32 = v6 <= v20;
    const int32_t v33 = v31 + v32;
    const int32_t v34 = v7 <= v20;
    const int32_t v35 = v33 + v34;
    const int32_t v36 = v8 <= v20;
    const int32_t v37 = v35 + v36;
    const int32_t v38 = v9 <= v20;
    const int32_t v39 = v37 + v38;
    const int32_t v40 = v10 <= v20;
    const int32_t v41 = v39 + v40;
    const int32_t v42 = v11 <= v20;
    const int32_t v43 = v41 + v42;
    const int32_t v44 = v12 <= v20;
    const int32_t v45 = v43 + v44;
    const int32_t v46 = v13 <= v20;
    const int32_t v47 = v45 + v46;
    const int32_t v48 = v14 <= v20;
    const int32_t v49 = v47 + v48;
    const int32_t v50 = v15 <= v20;
    const int32_t v51 = v49 + v50;
    return v51;
}

INLINE int32_t segments_32(const Table *table, int32_t code)
{
    const int32_t v0 = table->breakpoints[0];
    const int32_t v1 = table->breakpoints[1];
    const int32_t v2 = table->breakpoints[2];
    const int32_t v3 = table->breakpoints[3];
    const int32_t v4 = table->breakpoints[4];
    const int32_t v5 = table->breakpoints[5];
    const int32_t v6 = table->breakpoints[6];
    const int32_t v7 = table->breakpoints[7];
    const int32_t v8 = table->breakpoints[8];
    const int32_t v9 = table->breakpoints[9];
    const int32_t v10 = table->breakpoints[10];
    const int32_t v11 = table->breakpoints[11];
    const int32_t v12 = table->breakpoints[12];
    const int32_t v13 = table->breakpoints[13];
    const int32_t v14 = table->breakpoints[14];
    const int32_t v15 = table->breakpoints[15];
    const int32_t v16 = table->breakpoints[16];
    const int32_t v17 = table->breakpoints[17];
    const int32_t v18 = table->breakpoints[18];
    const int32_t v19 = table->breakpoints[19];
    const int32_t v20 = table->breakpoints[20];
    const int32_t v21 = table->breakpoints[21];
    const int32_t v22 = table->breakpoints[22];
    const int32_t v23 = table->breakpoints[23];
    const int32_t v24 = table->breakpoints[24];
    const int32_t v25 = table->breakpoints[25];
    const int32_t v26 = table->breakpoints[26];
    const int32_t v27 = table->breakpoints[27];
    const int32_t v28 = table->breakpoints[28];
    const int32_t v29 = table->breakpoints[29];
    const int32_t v30 = table->breakpoints[30];
    const int32_t v31 = table->breakpoints[31];
    const int32_t v32 = (int32_t)table->low;
    const int32_t v33 = (int32_t)table->high;
    const int32_t v34 = code;
    const int32_t v35 = v34 > v32 ? v34 : v32;
    const int32_t v36 = v35 < v33 ? v35 : v33;
    const int32_t v37 = v0 <= v36;
    const int32_t v38 = v1 <= v36;
    const int32_t v39 = v37 + v38;
    const int32_t v40 = v2 <= v36;
    const int32_t v41 = v39 + v40;
    const int32_t v42 = v3 <= v36;
    const int32_t v43 = v41 + v42;
    const int32_t v44 = v4 <= v36;
    const int32_t v45 = v43 + v44;
    const int32_t v46 = v5 <= v36;
    const int32_t v47 = v45 + v46;
    const int32_t v48 = v6 <= v36;
    const int32_t v49 = v47 + v48;
    const int32_t v50 = v7 <= v36;
    const int32_t v51 = v49 + v50;
    const int32_t v52 = v8 <= v36;
    const int32_t v53 = v51 + v52;
    const int32_t v54 = v9 <= v36;
    const int32_t v55 = v53 + v54;
    const int32_t v56 = v10 <= v36;
    const int32_t v57 = v55 + v56;
    const int32_t v58 = v11 <= v36;
    const int32_t v59 = v57 + v58;
    const int32_t v60 = v12 <= v36;
    const int32_t v61 = v59 + v60;
    const int32_t v62 = v13 <= v36;
    const int32_t v63 = v61 + v62;
    const int32_t v64 = v14 <= v36;
    const int32_t v65 = v63 + v64;
    const int32_t v66 = v15 <= v36;
    const int32_t v67 = v65 + v66;
    const int32_t v68 = v16 <= v36;
    const int32_t v69 = v67 + v68;
    const int32_t v70 = v17 <= v36;
    const int32_t v71 = v69 + v70;
    const int32_t v72 = v18 <= v36;
    const int32_t v73 = v71 + v72;
    const int32_t v74 = v19 <= v36;
    const int32_t v75 = v73 + v74;
    const int32_t v76 = v20 <= v36;
    const int32_t v77 = v75 + v76;
    const int32_t v78 = v21 <= v36;
    const int32_t v79 = v77 + v78;
    const int32_t v80 = v22 <= v36;
    const int32_t v81 = v79 + v80;
    const int32_t v82 = v23 <= v36;
    const int32_t v83 = v81 + v82;
    const int32_t v84 = v24 <= v36;
    const int32_t v85 = v83 + v84;
    const int32_t v86 = v25 <= v36;
    const int32_t v87 = v85 + v86;
    const int32_t v88 = v26 <= v36;
    const int32_t v89 = v87 + v88;
    const int32_t v90 = v27 <= v36;
    const int32_t v91 = v89 + v90;
    const int32_t v92 = v28 <= v36;
    const int32_t v93 = v91 + v92;
    const int32_t v94 = v29 <= v36;
    const int32_t v95 = v93 + v94;
    const int32_t v96 = v30 <= v36;
    const int32_t v97 = v95 + v96;
    const int32_t v98 = v31 <= v36;
    const int32_t v99 = v97 + v98;
    return v99;
}

#define ALL_CELLS(DO) \
    DO(cells_floor) \
    DO(cells_floor_beyond) \
    DO(cells_floor_twos) \
    DO(cells_floor_twos_beyond) \
    DO(cells_floor_folded) \
    DO(cells_floor_folded_beyond) \
    DO(cells_floor_folded_twos) \
    DO(cells_floor_folded_twos_beyond) \
    DO(cells_trunc0) \
    DO(cells_trunc0_beyond) \
    DO(cells_trunc0_twos) \
    DO(cells_trunc0_twos_beyond) \
    DO(cells_trunc0_folded) \
    DO(cells_trunc0_folded_beyond) \
    DO(cells_trunc0_folded_twos) \
    DO(cells_trunc0_folded_twos_beyond) \
    DO(cells_half_up) \
    DO(cells_half_up_beyond) \
    DO(cells_half_up_twos) \
    DO(cells_half_up_twos_beyond) \
    DO(cells_half_up_folded) \
    DO(cells_half_up_folded_beyond) \
    DO(cells_half_up_folded_twos) \
    DO(cells_half_up_folded_twos_beyond) \
    DO(cells_half_away) \
    DO(cells_half_away_beyond) \
    DO(cells_half_away_twos) \
    DO(cells_half_away_twos_beyond) \
    DO(cells_half_away_folded) \
    DO(cells_half_away_folded_beyond) \
    DO(cells_half_away_folded_twos) \
    DO(cells_half_away_folded_twos_beyond) \
    DO(cells_half_even) \
    DO(cells_half_even_beyond) \
    DO(cells_half_even_twos) \
    DO(cells_half_even_twos_beyond) \
    DO(cells_half_even_folded) \
    DO(cells_half_even_folded_beyond) \
    DO(cells_half_even_folded_twos) \
    DO(cells_half_even_folded_twos_beyond) \
    DO(cells_dpu) \
    DO(cells_dpu_beyond) \
    DO(cells_dpu_twos) \
    DO(cells_dpu_twos_beyond) \
    DO(cells_dpu_folded) \
    DO(cells_dpu_folded_beyond) \
    DO(cells_dpu_folded_twos) \
    DO(cells_dpu_folded_twos_beyond)

#define ALL_SEGMENTS(DO) \
    DO(segments_4) \
    DO(segments_8) \
    DO(segments_16) \
    DO(segments_32)
