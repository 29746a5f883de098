/* SPDX-License-Identifier: ISC */
/*
 * dice - random bits of the kernel, fetched by the handful. By value; zero is ready for use.
 */
#ifndef KT_DICE_H
#define KT_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint32_t throws[64];
    size_t left;
};

uint32_t dice_throw(struct dice *dice); /* 32 uniform bits, not to be guessed from earlier ones */
#endif
