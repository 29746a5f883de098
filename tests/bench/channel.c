/* SPDX-License-Identifier: ISC */
#include "tests/bench/channel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(2);
}

static bool is_loss(double loss)
{
    return loss >= 0 && loss <= 1;
}

static void add_cut(struct channel *channel, const char *line, const char *file, int number)
{
    double from, to;

    if (sscanf(line, "cut,%lf,%lf", &from, &to) != 2 || from < 0 || to <= from)
        die(file, number, "a cut is cut,from_s,to_s");
    if (channel->cut_count == CHANNEL_CUTS_MAX)
        die(file, number, "too many cuts");
    if (channel->cut_count > 0 && from < channel->cuts[channel->cut_count - 1].to_s)
        die(file, number, "cuts come in the order of time and do not overlap");
    channel->cuts[channel->cut_count].from_s = from;
    channel->cuts[channel->cut_count++].to_s = to;
}

static void add_chain(struct channel *channel, const char *line, const char *file, int number)
{
    if (sscanf(line, "ge,%lf,%lf,%lf,%lf", &channel->p_gb, &channel->p_bg, &channel->loss_good,
               &channel->loss_bad) != 4 ||
        !is_loss(channel->loss_good) || !is_loss(channel->loss_bad) || channel->p_gb <= 0 ||
        channel->p_bg <= 0)
        die(file, number, "a chain is ge,p_gb,p_bg,loss_good,loss_bad");
    channel->ge = true;
}

static void add_step(struct channel *channel, const char *line, const char *file, int number)
{
    double from, loss;

    if (sscanf(line, "%lf,%lf", &from, &loss) != 2 || !is_loss(loss))
        die(file, number, "a line is t_seconds,loss, ge,… or cut,…");
    if (channel->step_count == CHANNEL_STEPS_MAX)
        die(file, number, "too many steps");
    if (channel->step_count > 0 && from < channel->steps[channel->step_count - 1].from_s)
        die(file, number, "steps come in the order of time");
    channel->steps[channel->step_count].from_s = from;
    channel->steps[channel->step_count++].loss = loss;
}

void channel_read(struct channel *channel, const char *file)
{
    FILE *in = fopen(file, "r");
    char line[256];
    int number = 0;

    *channel = (struct channel){0};
    if (in == NULL)
        die(file, 0, "cannot be read");
    while (fgets(line, sizeof line, in) != NULL) {
        number++;
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0')
            continue;
        if (strncmp(line, "cut,", 4) == 0)
            add_cut(channel, line, file, number);
        else if (strncmp(line, "ge,", 3) == 0)
            add_chain(channel, line, file, number);
        else
            add_step(channel, line, file, number);
    }
    fclose(in);
    if (channel->ge == (channel->step_count > 0))
        die(file, number, "neither steps of loss nor a chain, or both");
}

/* SplitMix64 [Steele, Lea, Flood 2014]. */
uint64_t channel_random(struct channel_state *state)
{
    uint64_t z = state->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double chance(struct channel_state *state)
{
    return (double)(channel_random(state) >> 11) * 0x1p-53;
}

static double dwell(struct channel_state *state, double per_s)
{
    return -log1p(-chance(state)) / per_s;
}

void channel_start(const struct channel *channel, struct channel_state *state, uint64_t seed)
{
    *state = (struct channel_state){.random = seed};
    if (channel->ge)
        state->changes_s = dwell(state, channel->p_gb);
}

bool channel_is_cut(const struct channel *channel, struct channel_state *state, double now_s)
{
    while (state->cut < channel->cut_count && now_s >= channel->cuts[state->cut].to_s)
        state->cut++;
    return state->cut < channel->cut_count && now_s >= channel->cuts[state->cut].from_s;
}

static double loss_now(const struct channel *channel, struct channel_state *state, double now_s)
{
    if (channel->ge) {
        for (; now_s >= state->changes_s;
             state->changes_s += dwell(state, state->bad ? channel->p_bg : channel->p_gb))
            state->bad = !state->bad;
        return state->bad ? channel->loss_bad : channel->loss_good;
    }
    while (state->step + 1 < channel->step_count && now_s >= channel->steps[state->step + 1].from_s)
        state->step++;
    return now_s < channel->steps[0].from_s ? 0 : channel->steps[state->step].loss;
}

bool channel_loses(const struct channel *channel, struct channel_state *state, double now_s)
{
    double loss = loss_now(channel, state, now_s);

    return channel_is_cut(channel, state, now_s) || chance(state) < loss;
}
