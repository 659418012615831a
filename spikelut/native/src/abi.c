/* What the library says of itself. */
#include "common.h"

/* Raised with every change of a struct or a function's arguments; `_library.py` has the same number. */
EXPORT int spikelut_abi(void) { return 6; }

EXPORT int spikelut_has_threads(void)
{
#ifdef _OPENMP
    return 1;
#else
    return 0;
#endif
}
