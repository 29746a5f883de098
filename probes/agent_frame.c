/* SPDX-License-Identifier: ISC */
#include "probes/agent_frame.h"

bool agent_frame_fill(const struct engine *engine, const struct plan_now *now, struct frame *frame)
{
    struct agent_news news;
    size_t count = 0;

    frame_begin(frame, FRAME_AGENTS);
    while (engine_agent_news(engine, count, now, &news) && frame_add_agent(frame, &news))
        count++;
    return count > 0;
}
