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

typedef void (*handler)(void);

/* The first stack pointer, then what is called at reset and at faults. */
__attribute__((section(".vectors"), used)) static const struct {
    const uint32_t *stack;
    handler handlers[15];
} vectors = {stack_top, {reset, fault, fault, fault, fault, fault}};
