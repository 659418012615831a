/* What runs before main on a Cortex-M; output and the exit status go through semihosting. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t data_image[], data_begin[], data_end[], bss_begin[], bss_end[], stack_top[];
void initialise_monitor_handles(void);
int main(void);
void reset(void);
void _init(void);
void _fini(void);

/* What exit calls where there are no crti.o and crtn.o. */
void _init(void)
{
}

void _fini(void)
{
}

static void fault(void)
{
    _Exit(3);
}

void reset(void)
{
    for (uint32_t *to = data_begin, *from = data_image; to < data_end; ++to, ++from) {
        *to = *from;
    }
    for (uint32_t *to = bss_begin; to < bss_end; ++to) {
        *to = 0;
    }
    initialise_monitor_handles();
    exit(main());
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_top, (const void *)reset, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault, (const void *)fault,
};
