/* SPDX-License-Identifier: ISC */
#include "probes/loss.h"

#include <assert.h>

#define PPM    INT64_C(1000000)
#define PPB    INT64_C(1000000000)
#define SIGMAS 3
/* Probes that the average remembers: at one in 30 s about a night, so that one bad hour is not
 * taken for the link's nature. */
#define MEMORY INT64_C(1000)
/* What the floor counts for in the beginning: one lost probe among the first few proves nothing. */
#define PRIOR INT64_C(20)
#define KNOWN INT64_C(200)

void loss_init(struct loss *loss, uint32_t ppm)
{
    *loss = (struct loss){.ppb = LOSS_FLOOR_PPM * (PPB / PPM)};
    if (ppm != 0)
        *loss = (struct loss){.ppb = ppm * (PPB / PPM), .probes = MEMORY};
}

void loss_learn(struct loss *loss, bool lost)
{
    int64_t weight = loss->probes + PRIOR;

    if (weight > MEMORY)
        weight = MEMORY;
    loss->ppb += ((lost ? PPB : 0) - loss->ppb) / weight;
    if (loss->probes < MEMORY)
        loss->probes++;
}

uint32_t loss_usual_ppm(const struct loss *loss)
{
    int64_t ppm = loss->ppb / (PPB / PPM);

    if (ppm < LOSS_FLOOR_PPM)
        return LOSS_FLOOR_PPM;
    return (uint32_t)(ppm > LOSS_CAP_PPM ? LOSS_CAP_PPM : ppm);
}

uint32_t loss_known_ppm(const struct loss *loss)
{
    return loss->probes < KNOWN ? 0 : loss_usual_ppm(loss);
}

/* Newton's method; the library's sqrt() would bring floating point into a verdict. */
static int64_t square_root(int64_t number)
{
    int64_t root = number, next = (root + 1) / 2;

    while (next < root) {
        root = next;
        next = (root + number / root) / 2;
    }
    return root;
}

uint32_t loss_limit_ppm(uint32_t usual_ppm, uint32_t probes)
{
    int64_t usual = usual_ppm, limit;

    assert(usual_ppm <= PPM && probes > 0);
    limit = usual + SIGMAS * square_root(usual * (PPM - usual) / probes);
    return (uint32_t)(limit > PPM ? PPM : limit);
}

bool loss_is_usual(uint32_t usual_ppm, uint32_t probes, uint32_t lost)
{
    return lost * PPM <= (int64_t)loss_limit_ppm(usual_ppm, probes) * probes;
}
