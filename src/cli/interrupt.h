/* interrupt.h -- Ctrl-C (and SIGTERM) as a flag: what is being written is finished, then the program ends.
 *
 * The first signal sets the flag and makes standard input look used up; a second one ends the program at once.
 */
#ifndef GOODWILL_CLI_INTERRUPT_H
#define GOODWILL_CLI_INTERRUPT_H

#include <pthread.h>

#include "base/base.h"

void interrupt_catch(void);            /* from now on; asking twice is fine */
int interrupt_signal(void);            /* SIGINT or SIGTERM once it came, else 0 */
void interrupt_wake(pthread_t thread); /* a blocking system call of that thread returns EINTR */

#endif
