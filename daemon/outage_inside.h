/* SPDX-License-Identifier: ISC */
/*
 * outage_inside - what the parts of the outage flow share: outage.c hears, outage_judge.c judges,
 * outage_tell.c tells the database. Nobody else includes this.
 *
 * Each has its work in sets of sites, into which outages_touch() puts a site after every change of
 * it, so that a turn costs what has changed and not what there is.
 */
#ifndef KT_OUTAGE_INSIDE_H
#define KT_OUTAGE_INSIDE_H

#include "daemon/blind.h"
#include "daemon/bystanders.h"
#include "daemon/marks.h"
#include "daemon/omens.h"
#include "daemon/outage.h"

/* What a device said so long before it fell silent, or after that was believed, is evidence. */
#define EVIDENCE_BEFORE_MS (5 * 60 * 1000)
#define EVIDENCE_AFTER_MS  (2 * 60 * 1000)
#define BESIDE_HEARD_MOST  16 /* devices beside a gateway whose words are looked for */

struct js;
struct loop_timer;
struct store_status;
struct text;

/* What a site adds to the counts. */
struct counted {
    uint32_t merged;
    uint8_t unconfirmed;
    bool up, down, unreachable, unknown, left_out;
    bool known; /* counted since the sites have these numbers */
};

/* A plan that is being taken (outage_plan.c). */
enum plan_step { TAKE_NOTHING = 1, TAKE_ROSTER, TAKE_BEGIN, TAKE_DEVICES, TAKE_AGENTS, TAKE_ORDER };

struct taking {
    struct loop_timer *timer; /* the next slice */
    enum plan_step step;
    struct roster *roster;
    struct planned planned; /* borrowed until told() */
    size_t given;           /* of the devices, of the agents */
    outages_taken_fn *told;
    void *arg;
};

/* The sites are gone through in slices: after a plan, and when a prober is ready. */
struct sweep {
    bool going;
    size_t at;
    size_t touched; /* sites before it were since the plan, whatever has become of `at` */
    size_t judged;  /* ditto, all being touched: whether they are blamed as the plan has it */
    size_t counted; /* of those that the plan before had: they are taken off the counts */
};

struct outages {
    struct loop *loop;
    struct loop_timer *timer;
    struct plan_policy policy;
    struct pg_conn *conn;
    struct probers *probers;
    struct roster *roster;  /* NULL until the first plan */
    struct marks undecided; /* a silence of theirs is to be judged, now or later */
    size_t pass_left;       /* of them, in the round that goes on */
    bool pass_progress;     /* a verdict was reached in it */
    struct mono wake_at;    /* when one of them is to be judged again; zero: by no time */
    struct marks roots;     /* have an outage of their own to tell */
    struct marks others;    /* have one to tell that is another's fault */
    struct blind blind;     /* is the poller itself in touch? */
    enum sight sight;       /* as it was acted upon */
    bool was_dark;          /* ditto */
    bool said_bad;
    bool counted_references;
    size_t said_count;
    struct mono look_at;        /* when the references may be asked again */
    struct mono witness_by;     /* those who were asked have had their time */
    struct mono witness_at;     /* when witnesses may be asked again */
    struct mono blind_at;       /* since when all timers stand still */
    struct mono in_touch_since; /* the end of the last time in which all references were silent */
    struct mono settle_until; /* after we were in touch again: what is silent may be on its way back
                               */
    struct wall renewed_at;   /* what the prober had believed by then is not any more */
    size_t witness_from;
    outages_sight_fn *on_sight; /* may be NULL */
    void *on_sight_arg;
    outages_blind_fn *on_blind; /* may be NULL */
    void *on_blind_arg;
    enum sight told_sight;     /* UNSURE: nothing yet */
    struct mono tell_blind_at; /* a blindness that lasts until then is told */
    struct marks untold;       /* what people see of them is to be told */
    struct marks flapping;     /* they flap, or have flapped and that is to be told */
    struct marks covering;     /* have an outage of their own, and others hang on them */
    bool covers_stale;         /* whom they cut off may be others than was told */
    int covers_doubted;        /* so often all are told again: the database may have it otherwise */
    struct mono covers_at;     /* when that may be looked at again */
    struct marks feeders;      /* of theirs it is to be judged whether they lost their power */
    struct wall *feeder_boots; /* by feeder: when a site of it began anew last */
    struct omens *omens;
    struct bystanders *bystanders;
    struct mono asked_from; /* of devices beside silent gateways: asked so many since then */
    size_t asked;
    bool causes_loaded; /* what earlier outages were is known */
    bool flaps_under_way;
    bool flaps_loaded; /* what happened before this daemon started is known */
    struct counted *counted;
    struct counted *last_counted; /* by the numbers of the plan before; NULL: all went over */
    size_t last_count;
    struct outage_counts counts;
    struct taking taking;
    struct sweep sweep;
    size_t owed; /* answers that the database owes */
    struct mono report_not_before;
    struct mono states_not_before;
    bool states_under_way;
    bool database_up;
    bool stopping;
    struct mono armed_at; /* when the timer fires; zero: it does not */
};

/* The flow's one timer fires at this instant or before. */
void outages_arm(struct outages *outages, struct mono at);
void outages_arm_soon(
    struct outages *outages); /* changes that arrive together are judged together */
/* ---- outage_sight.c ---- */

/* A change of any device; of references and witnesses it says whether we are in touch. */
void outages_sight_hear(struct outages *outages, const struct link_change *change);
/* What is due of that. */
void outages_sight_turn(struct outages *outages, struct mono now);
/* False: this silence began, or is judged, at a time at which nobody knows whether it is ours. */
bool outages_believe(struct outages *outages, size_t index, struct mono now);
/* It is known now, so people may see it. */
void outages_reveal(struct outages *outages, size_t index);
/* The outage that goes on at that site is nothing that anybody has to know of. */
void outages_disown(struct outages *outages, size_t index);
/* It has just begun: is it one that may be ours? */
void outages_doubt(struct outages *outages, struct site *site);
/* Is that outage of the kind, now that the site answers? */
bool outages_was_ours(const struct outages *outages, const struct site *site,
                      const struct span *span);
/* A silence that was believed before the prober began anew. */
bool outages_is_stale(const struct outages *outages, const struct link_change *change);

/* All sites, as outages_touch(). */
void outages_touch_all(struct outages *outages);
void outages_count(struct outage_counts *all, const struct counted *before,
                   const struct counted *now);
/* After every change of a site: what is to be done with it, and what it counts for. */
void outages_touch(struct outages *outages, size_t index);
void outages_wake_at(struct outages *outages, struct mono at); /* to judge, then or before */
void outages_judge(struct outages *outages, struct mono now);
/* A site has missed a first probe. */
void outages_suspect(struct outages *outages, size_t index, const struct link_change *change);
/* The verdict: whose fault the silence of that site is. */
void outages_blame(struct outages *outages, size_t index, size_t root);
/* The grace of a site whose root is back since `over`: until it has had as long for its return as
 * it takes to believe in its silence. */
void outages_grace(struct outages *outages, size_t index, struct wall over);
/* Is the site blamed on another that the new plan no longer puts above it? To be judged again. */
void outages_judge_anew(struct outages *outages, size_t index);
/* What is due: outages whose fault is known, and what people see of each site. As much as the
 * database is given at once; the rest follows its answers. */
void outages_tell(struct outages *outages, struct mono now);
void outages_tell_all(struct outages *outages, struct mono now); /* the last words */

/* ---- outage_cover.c: whom a fault cuts off ---- */

/* A silence has begun: who hangs on the site is asked whether it cuts them off. */
void outages_cover_begin(struct outages *outages, size_t index);
/* Their answers are still to come. */
bool outages_cover_waits(struct outages *outages, size_t index, struct mono now);
/* Who is cut off may be another now. */
void outages_cover_changed(struct outages *outages);
/* And the database may not keep it as it is told: an outage of a site that is silent is told to be
 * over, and that ends whatever cuts it off; or it is told to be another's, and of two that had it
 * one is told before the other. */
void outages_cover_doubt(struct outages *outages);
/* Tells again the outages of which that is so. */
void outages_cover_turn(struct outages *outages, struct mono now);
/* After every change of a site. */
void outages_cover_touch(struct outages *outages, size_t index);
/* Whom its outage is now told to cut off: borrowed codes in a list that is the caller's. */
const char **outages_cover_tell(struct outages *outages, size_t index, size_t *count);

/* ---- outage_plan.c: another plan, and what follows from it, in slices ---- */

void outages_plan_init(struct outages *outages);
void outages_plan_stop(struct outages *outages);
void outages_plan_free(struct outages *outages);
/* Goes through all sites: those that began DOWN in a child that is ready are known to be. As many
 * at once as one slice has. */
void outages_sweep(struct outages *outages);
/* What was counted of the site, as it is numbered now. */
struct counted *outages_counted(struct outages *outages, size_t index);
void outages_clear_counted(struct outages *outages);
void outages_free_counted(struct outages *outages);
/* Nothing is to be done any more; outages_touch_anew() finds what is. */
void outages_clear_marks(struct outages *outages);
void outages_touch_anew(struct outages *outages, size_t index);

/* ---- outage_cause.c: why a site is silent ---- */

/* The sites have other numbers than before. */
void outages_cause_plan(struct outages *outages);
/* An outage has begun; what the prober says of its device; and it is about to end, whose fault it
 * was being known. */
void outages_cause_begin(struct outages *outages, size_t index, const struct link_change *change);
void outages_cause_hear(struct outages *outages, size_t index, const struct link_change *change);
void outages_cause_end(struct outages *outages, size_t index, const struct link_change *change);
/* It is known whose fault it is. */
void outages_cause_blamed(struct outages *outages, size_t index);
/* Feeders of which more sites are known to be silent than before; their sites are told again. */
void outages_cause_feeders(struct outages *outages);
/* What is known of the cause of an outage, as functions/cause_note.sql takes it. */
void outages_cause_print(struct outages *outages, size_t index, struct span *span,
                         struct text *out);

/* ---- outage_witness.c: what tells of a silence besides the silent one ---- */

/* A gateway has missed its first, or is on its way back: those beside it are asked. */
void outages_witness_ask(struct outages *outages, size_t index);
/* A change of any device; of one beside a gateway it is heard. */
void outages_witness_hear(struct outages *outages, const struct link_change *change);
/* What the devices beside it and the last readings say of an outage that goes on. */
uint32_t outages_witness_clues(const struct outages *outages, size_t index,
                               const struct span *span);
/* And the devices beside it of one that is over; began: when the gateway did, if it did. */
uint32_t outages_witness_ran(const struct outages *outages, size_t index, const struct span *span,
                             struct wall began);
/* The figures behind a clue, of readings, and of earlier outages. False: there are none. */
bool outages_witness_words(const struct outages *outages, size_t index, const struct span *span,
                           enum cause_clue clue, struct text *out);
bool outages_witness_habit(const struct outages *outages, size_t index, struct text *out);
/* What was proven is what the next guess begins with. */
void outages_witness_learn(struct outages *outages, size_t index, const struct span *span);
/* Once there are a plan and a database: what was proven before this daemon started. */
void outages_witness_load(struct outages *outages);
/*
 * What the database told of sites, [{site, …}]: take() for each that the plan has. One answer less
 * is owed. False: there was none.
 */
bool outages_told_sites(struct outages *outages, const struct store_status *status,
                        const char *json,
                        void (*take)(struct outages *outages, size_t index, const struct js *told));

/* ---- outage_flap.c: who does nothing but come and go ---- */

/* After every change of a site, and before the outage that goes on ends. */
void outages_flap(struct outages *outages, size_t index);
/* Who has calmed down by now; arms the timer for the next. */
void outages_flap_pass(struct outages *outages);
/* Who flaps, and who no longer does: told before the outages, which belong to it. */
void outages_flap_tell(struct outages *outages);
/* Once there are a plan and a database: what came and went before this daemon started. */
void outages_flap_load(struct outages *outages);
#endif
