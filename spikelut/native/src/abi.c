/* What the library says of itself. */
#include "curve.h"
#include "event.h"
#include "float_lif.h"
#include "reckon.h"
#include "spike_loops.h"
#include "step.h"
#include "table.h"

/* Raised with every change of a struct or a function's arguments; `_library.py` has the same number. */
EXPORT int spikelut_abi(void) { return 21; }

#define SIZE(NAME)                                                                                                     \
    if (!strcmp(name, #NAME))                                                                                          \
        return (int64_t)sizeof(NAME)

/* The bytes of a struct that `_library.py` fills in; 0 of one that is not known. */
EXPORT int64_t spikelut_size(const char *name)
{
    SIZE(Curve);
    SIZE(EventGeometry);
    SIZE(FloatSpec);
    SIZE(Grid);
    SIZE(Numbers);
    SIZE(ReckonSpec);
    SIZE(Table);
    return 0;
}

EXPORT int spikelut_has_threads(void)
{
#ifdef _OPENMP
    return 1;
#else
    return 0;
#endif
}
