/* SPDX-License-Identifier: ISC */
#include "daemon/cause.h"

#include <assert.h>
#include <math.h>

/*
 * How usual the causes are before anything was seen, as shares. Rural Indonesia: electricity first,
 * then what hangs above, then the link itself; devices and agents fail rarely. One clue outweighs
 * these; they decide only where there is none.
 */
static const double usual[CAUSE_END] = {
    [CAUSE_POWER] = 0.48,  [CAUSE_UPSTREAM] = 0.20, [CAUSE_LINK] = 0.20,
    [CAUSE_DEVICE] = 0.07, [CAUSE_AGENT] = 0.05,
};

#define USUAL_OUTAGES 4.0 /* what is usual anywhere weighs as much as so many earlier outages */

struct clue_row {
    const char *source;
    const char *word;
    /* ln of how much more often it is seen with this cause than with any; 0: as often. */
    float weights[CAUSE_END];
};

/*
 * The weights. Nothing here is measured: each is an order of magnitude (0.7: twice, 2.3: ten times,
 * 4.6: a hundred times) with its reason; packaging/doc/cause.md shows what comes of them. No pair
 * of causes is driven apart by more than 7, so that no one clue is beyond doubt.
 */
/* clang-format off */
#define ROW(power, upstream, link, device, agent)                                                  \
    { [CAUSE_POWER] = (power), [CAUSE_UPSTREAM] = (upstream), [CAUSE_LINK] = (link),               \
      [CAUSE_DEVICE] = (device), [CAUSE_AGENT] = (agent) }
static const struct clue_row rows[CLUE_END] = {
    /*                                                          power upstr  link device agent */
    /* Nobody behind a silent site can be heard, whatever else is wrong there. */
    [CLUE_BLAMED]          = {"parent", "silent",          ROW(-0.5f, 5.5f, -1.0f, -1.0f, -1.0f)},
    [CLUE_PARENT_ANSWERS]  = {"parent", "answers",         ROW( 0.0f, -6.0f, 0.0f,  0.0f,  0.0f)},
    /* An address that answers has power and a link; a hung device may still answer pings. */
    [CLUE_PING_ANSWERED]   = {"ping",   "answers",         ROW(-4.0f, -4.0f, -4.0f, 0.0f,  3.0f)},
    [CLUE_PING_SILENT]     = {"ping",   "silent",          ROW( 0.0f, 0.0f,  0.0f, -0.3f, -4.0f)},
    /* A UPS tells of nothing but the mains; cuts are followed by silence when its battery is empty. */
    [CLUE_ON_BATTERY]      = {"ups",    "on-battery",      ROW( 3.5f, 0.0f, -1.0f, -1.0f, -1.0f)},
    [CLUE_BATTERY_LOW]     = {"ups",    "battery-low",     ROW( 4.0f, 0.0f, -1.5f, -1.5f, -1.5f)},
    /* What it told of the battery before is over: takes most of that back, and no more. */
    [CLUE_MAINS_BACK]      = {"ups",    "mains-back",      ROW(-3.5f, 0.0f,  1.0f,  1.0f,  1.0f)},
    /* And the link carries its words: what is silent is the gateway alone. */
    [CLUE_ON_MAINS]        = {"ups",    "on-mains",        ROW(-4.0f, -2.0f, -2.0f, 2.0f,  1.0f)},
    /* Batteries and solar sites: a device goes with its voltage. */
    [CLUE_VOLTAGE_FELL]    = {"reading", "voltage-fell",   ROW( 2.5f, 0.0f, -0.5f, -0.5f, -0.5f)},
    /* Sent with the last charge of a capacitor; there is no other reason to send one. */
    [CLUE_DYING_GASP]      = {"trap",   "dying-gasp",      ROW( 4.0f, 0.0f, -2.0f, -1.0f, -2.0f)},
    /* It began anew shortly before: unsteady power as well as an unsteady device. */
    [CLUE_COLD_START]      = {"trap",   "cold-start",      ROW( 0.7f, 0.0f, -0.3f,  1.0f,  0.0f)},
    [CLUE_WARM_START]      = {"trap",   "warm-start",      ROW(-1.0f, 0.0f, -0.3f,  2.0f,  1.0f)},
    [CLUE_LINK_DOWN]       = {"trap",   "link-down",       ROW(-0.5f, 0.0f,  1.5f, -0.5f, -1.0f)},
    /* The site above has more such ports: half of what it tells is of others. */
    [CLUE_GASP_ABOVE]      = {"trap",   "dying-gasp-above", ROW(2.8f, 0.0f, -1.0f, -0.5f, -1.0f)},
    [CLUE_LOS_ABOVE]       = {"optics", "light-lost-above", ROW(-0.5f, 0.0f, 2.5f, -0.5f, -1.0f)},
    /* An interface goes down with a cable as with the power at its other end. */
    [CLUE_LINK_DOWN_ABOVE] = {"trap",   "link-down-above", ROW( 0.7f, 0.0f,  1.2f, -0.5f, -2.0f)},
    /* What stands beside it, and is heard by the same link, shows that link and power are there. */
    [CLUE_BESIDE_ANSWERS]  = {"reading", "beside-answers", ROW(-3.0f, -3.0f, -3.5f, 2.0f,  1.5f)},
    [CLUE_BESIDE_SILENT]   = {"reading", "beside-silent",  ROW( 0.3f, 0.0f,  0.3f, -0.7f, -2.5f)},
    [CLUE_BESIDE_BOOTED]   = {"boot",   "beside-booted",   ROW( 3.5f, 0.0f, -1.0f, -1.0f, -1.0f)},
    [CLUE_BESIDE_RAN]      = {"boot",   "beside-ran",      ROW(-3.0f, 0.0f,  0.5f,  1.5f,  0.5f)},
    /* Links do not fail together unless they are one, and then the site above would be silent. */
    [CLUE_FEEDER_DOWN]     = {"feeder", "down-together",   ROW( 4.5f, 0.0f, -1.5f, -2.0f, -2.0f)},
    [CLUE_FEEDER_BOOTED]   = {"feeder", "booted-together", ROW( 4.5f, 0.0f, -1.5f, -2.0f, -2.0f)},
    /* Half of all cuts are of one house, its fuse, its meter, its token: the other half is not. */
    [CLUE_FEEDER_UP]       = {"feeder", "others-answer",   ROW(-0.7f, 0.0f,  0.0f,  0.0f,  0.0f)},
    [CLUE_SIGNAL_WEAK]     = {"radio",  "signal-weak",     ROW(-0.3f, 0.0f,  2.0f, -0.3f, -0.3f)},
    [CLUE_LIGHT_WEAK]      = {"optics", "light-weak",      ROW(-0.3f, 0.0f,  2.0f, -0.3f, -0.3f)},
    [CLUE_LOSSY]           = {"reading", "lossy",          ROW(-0.2f, 0.0f,  0.9f, -0.2f,  0.0f)},
};
#undef ROW
/* clang-format on */

static const char *const names[CAUSE_END] = {
    [CAUSE_POWER] = "power",   [CAUSE_UPSTREAM] = "upstream", [CAUSE_LINK] = "link",
    [CAUSE_DEVICE] = "device", [CAUSE_AGENT] = "agent",       [CAUSE_UNPROVEN] = "unproven",
};

const char *cause_name(enum cause cause)
{
    assert(cause >= CAUSE_POWER && cause < CAUSE_END);
    return names[cause];
}

const char *cause_clue_source(enum cause_clue clue)
{
    assert(clue >= CLUE_BLAMED && clue < CLUE_END);
    return rows[clue].source;
}

const char *cause_clue_word(enum cause_clue clue)
{
    assert(clue >= CLUE_BLAMED && clue < CLUE_END);
    return rows[clue].word;
}

static bool is_counted(enum cause cause)
{
    return cause != CAUSE_UPSTREAM && cause != CAUSE_UNPROVEN;
}

unsigned cause_habit_count(const struct cause_habit *habit)
{
    unsigned all = 0;

    for (int cause = CAUSE_POWER; cause < CAUSE_END; cause++)
        all += habit->proven[cause];
    return all;
}

/* Where there is no room all fade by half: what was long ago matters less. */
void cause_habit_add(struct cause_habit *habit, enum cause cause, uint32_t times)
{
    uint32_t left = times < UINT8_MAX ? times : UINT8_MAX;

    if (!is_counted(cause))
        return;
    while (habit->proven[cause] + left > UINT8_MAX) {
        for (int each = CAUSE_POWER; each < CAUSE_END; each++)
            habit->proven[each] /= 2;
        left = (left + 1) / 2;
    }
    habit->proven[cause] = (uint8_t)(habit->proven[cause] + left);
}

/*
 * What is usual at that site: its own outages count beside USUAL_OUTAGES of the usual kind, which
 * is Laplace's smoothing, so that none is beyond doubt. Whether a site above is silent is seen, and
 * no habit of this one.
 */
static double usual_here(const struct cause_habit *habit, int cause)
{
    double own = 1 - usual[CAUSE_UPSTREAM];

    if (habit == NULL || !is_counted((enum cause)cause))
        return usual[cause];
    return own * (habit->proven[cause] + USUAL_OUTAGES * usual[cause] / own) /
           (cause_habit_count(habit) + USUAL_OUTAGES);
}

static double score(uint32_t clues, const struct cause_habit *habit, int cause)
{
    double sum = log(usual_here(habit, cause));

    for (int clue = CLUE_BLAMED; clue < CLUE_END; clue++)
        if ((clues & CLUE(clue)) != 0)
            sum += (double)rows[clue].weights[cause];
    return sum;
}

void cause_guess(uint32_t clues, const struct cause_habit *habit, struct cause_guess *guess)
{
    double all = 0;

    for (int cause = CAUSE_POWER; cause <= CAUSES_GUESSED; cause++) {
        double p = exp(score(clues, habit, cause));
        size_t at = (size_t)cause - 1;

        all += p;
        for (; at > 0 && guess->ranked[at - 1].p < p;
             at--) /* of equals the more usual stays first */
            guess->ranked[at] = guess->ranked[at - 1];
        guess->ranked[at] = (struct cause_rank){(enum cause)cause, p};
    }
    for (size_t i = 0; i < CAUSES_GUESSED; i++)
        guess->ranked[i].p /= all;
}
