/* SPDX-License-Identifier: ISC */
#include "probes/dice.h"

#include <errno.h>
#include <stdlib.h>

#include <sys/random.h>

uint32_t dice_throw(struct dice *dice)
{
    if (dice->left == 0) {
        /* 256 bytes are never cut short by a signal; only a kernel that is still booting says EINTR
         */
        while (getrandom(dice->throws, sizeof dice->throws, 0) != (ssize_t)sizeof dice->throws)
            if (errno != EINTR)
                abort();
        dice->left = sizeof dice->throws / sizeof *dice->throws;
    }
    return dice->throws[--dice->left];
}
