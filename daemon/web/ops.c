/* SPDX-License-Identifier: ISC */
#include "daemon/web/ops.h"

#include <inttypes.h>

static bool check(struct text *out, const char *what, bool ok, const char *why_not)
{
    text_addf(out, "%s: %s\n", what, ok ? "ok" : why_not);
    return ok;
}

static size_t left_out(const struct ops_figures *figures)
{
    return figures->outages.left_out + figures->beside.left_out;
}

/* A daemon that probes no gateway of those it should is not ready, however well its parts are. */
static bool check_plan(const struct ops_figures *figures, struct text *out)
{
    const struct outage_counts *o = &figures->outages;
    const struct beside_counts *b = &figures->beside;
    size_t gateways = o->up + o->down + o->unreachable + o->unknown;
    size_t devices = gateways + b->up + b->down + b->unknown;
    bool ok = o->left_out == 0 || o->left_out < gateways;

    if (!figures->has_plan || left_out(figures) == 0)
        return check(out, "plan", figures->has_plan, "not loaded yet");
    if (ok)
        text_addf(out, "plan: ok, but %zu of %zu devices are left out\n", left_out(figures),
                  devices);
    else if (left_out(figures) < devices)
        text_addf(out, "plan: all gateways are left out (%zu); the log says why\n", gateways);
    else
        text_addf(out, "plan: all devices are left out (%zu); the log says why\n", devices);
    return ok;
}

int ops_ready(const struct ops_figures *figures, struct text *out)
{
    bool late = figures->has_stats && figures->stats.outbox_oldest_s > OPS_OUTBOX_LATE_S;
    bool ready = true;

    ready &= check(out, "database", figures->database_up, "out of reach");
    ready &= check_plan(figures, out);
    ready &= check(out, "prober", figures->prober_ready, "not probing");
    ready &= check(out, "outbox", !late, "something due was not delivered for 5 minutes");
    if (figures->blind) /* we work; there is nothing to see */
        text_add(out, "poller: cut off, no reference target answers\n");
    text_addf(out, "unconfirmed outages: %zu\n", figures->outages.unconfirmed);
    return ready ? 200 : 503;
}

static void head(struct text *out, const char *name, const char *type, const char *help)
{
    text_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void counter(struct text *out, const char *name, const char *help, uint64_t value)
{
    head(out, name, "counter", help);
    text_addf(out, "%s %" PRIu64 "\n", name, value);
}

static void gauge(struct text *out, const char *name, const char *help, double value)
{
    head(out, name, "gauge", help);
    text_addf(out, "%s %.15g\n", name, value);
}

static void row(struct text *out, const char *name, const char *label, const char *word,
                uint64_t value)
{
    text_addf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, word, value);
}

static void probing(const struct ops_figures *figures, struct text *out)
{
    const struct prober_counters *p = &figures->prober;
    static const char replies[] = "kentongan_replies_refused_total";

    counter(out, "kentongan_probes_sent_total", "Requests sent to devices.", p->sent);
    counter(out, "kentongan_probes_answered_total", "Requests answered in time.", p->answered);
    counter(out, "kentongan_probes_silent_total", "Requests not answered in time.", p->silent);
    counter(out, "kentongan_probes_locked_out_total",
            "Requests to SNMPv3 devices that live and did not let us in.", p->locked_out);
    counter(out, "kentongan_probes_late_total", "Answers after the time-out.", p->late);
    counter(out, "kentongan_probes_unsent_total", "Requests that could not be sent.",
            p->send_failed);
    head(out, replies, "counter", "Datagrams that were no answer to what was asked, by reason.");
    row(out, replies, "reason", "address", p->refused_address);
    row(out, replies, "reason", "version", p->refused_version);
    row(out, replies, "reason", "community", p->refused_community);
    row(out, replies, "reason", "request", p->refused_request);
    row(out, replies, "reason", "objects", p->refused_objects);
    row(out, replies, "reason", "authentication", p->refused_auth);
    row(out, replies, "reason", "malformed", p->refused_malformed);
    gauge(out, "kentongan_prober_ready", "1 while the prober works on the plan.",
          figures->prober_ready);
    gauge(out, "kentongan_prober_devices", "Devices in the prober's plan.", p->devices);
    gauge(out, "kentongan_prober_loop_lag_seconds", "Worst lag of the prober's loop.",
          (double)p->loop_lag_ms / 1000.0);
    counter(out, "kentongan_prober_turns_total", "Turns of the prober's loop.", p->turns);
    counter(out, "kentongan_prober_long_turns_total",
            "Turns of it that took more than 10 ms of the processor.", p->long_turns);
    gauge(out, "kentongan_prober_turn_cpu_seconds_max",
          "Processor time of the longest turn since the prober began.",
          (double)p->turn_cpu_us / 1e6);
    counter(out, "kentongan_prober_restarts_total", "Probers that died or froze and were replaced.",
            figures->prober_restarts);
}

static void readings(const struct ops_figures *figures, struct text *out)
{
    const struct reading_counters *r = &figures->prober.readings;
    static const char outcomes[] = "kentongan_readings_total";

    counter(out, "kentongan_readings_begun_total", "Readings of devices that began.", r->begun);
    head(out, outcomes, "counter", "Turns of devices to be read, by outcome.");
    row(out, outcomes, "outcome", "whole", r->whole);
    row(out, outcomes, "outcome", "partial", r->partial);
    row(out, outcomes, "outcome", "left_out", r->left_out);
    row(out, outcomes, "outcome", "spared", r->spared);
    counter(out, "kentongan_reading_questions_total", "Questions of readings that ended.",
            r->questions);
    counter(out, "kentongan_reading_silences_total", "Of them, questions without an answer.",
            r->silences);
    counter(out, "kentongan_reading_halvings_total",
            "Of them, questions asked again smaller, because of tooBig or silence.", r->halved);
    counter(out, "kentongan_reading_waits_total",
            "Questions of readings that waited for room on their radio hop.", r->held);
    counter(out, "kentongan_reading_bytes_total",
            "Bytes of the IP packets of readings, both directions.", r->bytes);
    counter(out, "kentongan_reading_values_total", "Values that devices gave.", r->values);
    counter(out, "kentongan_reading_values_dropped_total",
            "Values let go because the daemon did not take them in time.", r->dropped);
}

static void traps(const struct ops_figures *figures, struct text *out)
{
    const struct trap_counters *t = &figures->traps;
    static const char refused[] = "kentongan_traps_refused_total";
    static const char believed[] = "kentongan_traps_believed_total";

    counter(out, "kentongan_traps_received_total", "Datagrams on the trap socket.", t->received);
    counter(out, "kentongan_informs_answered_total", "Informs that were answered.", t->answered);
    counter(out, "kentongan_trap_reports_total",
            "Reports to senders of SNMPv3 informs: our engine's name, its clock, what is wrong.",
            t->reported);
    head(out, refused, "counter", "Traps that had no effect, by reason.");
    row(out, refused, "reason", "dropped", t->dropped);
    row(out, refused, "reason", "limited", t->limited);
    row(out, refused, "reason", "malformed", t->malformed);
    row(out, refused, "reason", "version", t->other_version);
    row(out, refused, "reason", "no_trap", t->no_trap);
    row(out, refused, "reason", "crowded", t->crowded + t->busy);
    row(out, refused, "reason", "sender", t->unknown);
    row(out, refused, "reason", "community", t->community);
    row(out, refused, "reason", "repeated", t->repeated);
    for (size_t proof = TRAP_PROOF_TRUE + 1; proof < TRAP_PROOF_END; proof++)
        row(out, refused, "reason", trap_proof_name((enum trap_proof)proof), t->unproven[proof]);
    head(out, believed, "counter", "Traps that had their devices probed at once, by kind.");
    for (size_t kind = 1; kind < TRAP_KIND_END; kind++)
        row(out, believed, "kind", trap_kind_name((enum trap_kind)kind), t->believed[kind]);
}

static void sites(const struct ops_figures *figures, struct text *out)
{
    const struct outage_counts *o = &figures->outages;
    static const char states[] = "kentongan_sites";

    head(out, states, "gauge", "Sites with a device, by state.");
    row(out, states, "state", "up", o->up);
    row(out, states, "state", "down", o->down);
    row(out, states, "state", "unreachable", o->unreachable);
    row(out, states, "state", "unknown", o->unknown);
    gauge(out, "kentongan_devices_left_out",
          "Devices that are not probed: no usable secret or address.", (double)left_out(figures));
    head(out, "kentongan_devices_beside", "gauge",
         "Devices beside the gateways, by whether they answer.");
    text_addf(out,
              "kentongan_devices_beside{state=\"up\"} %zu\n"
              "kentongan_devices_beside{state=\"down\"} %zu\n"
              "kentongan_devices_beside{state=\"unknown\"} %zu\n",
              figures->beside.up, figures->beside.down, figures->beside.unknown);
    gauge(out, "kentongan_devices_auth_problem", "SNMPv3 devices that live and do not let us in.",
          (double)figures->auth_problems);
    gauge(out, "kentongan_references",
          "Reference targets that are asked; fewer than two tell nothing.",
          (double)figures->references);
    gauge(out, "kentongan_poller_blind",
          "1: we are cut off ourselves, and nothing is known of any site.", figures->blind ? 1 : 0);
    gauge(out, "kentongan_outages_unconfirmed", "Outages that the database has not confirmed.",
          (double)o->unconfirmed);
    counter(out, "kentongan_outages_merged_total", "Outages joined while the database was away.",
            o->merged);
}

static void deliveries(const struct ops_figures *figures, struct text *out)
{
    const struct courier_counters *c = &figures->courier;
    static const char outcomes[] = "kentongan_deliveries_total";

    head(out, outcomes, "counter", "Delivery attempts, by outcome.");
    row(out, outcomes, "outcome", "delivered", c->delivered);
    row(out, outcomes, "outcome", "retry", c->retried);
    row(out, outcomes, "outcome", "dead", c->dead);
    row(out, outcomes, "outcome", "gone", c->gone);
    gauge(out, "kentongan_deliveries_in_flight", "Deliveries under way.", (double)c->in_flight);
}

static void answers(const struct ops_figures *figures, struct text *out)
{
    static const char name[] = "kentongan_http_answers_total";

    head(out, name, "counter", "Answers to HTTP requests, by status.");
    for (unsigned status = 0; figures->answers != NULL && status < WEB_STATUS_END; status++)
        if (figures->answers[status] > 0)
            text_addf(out, "%s{status=\"%u\"} %" PRIu64 "\n", name, status,
                      figures->answers[status]);
}

static void history(const struct ops_figures *figures, struct text *out)
{
    const struct history_counts *h = &figures->history;

    counter(out, "kentongan_history_rows_total", "Five-minute rows that were stored.", h->stored);
    counter(out, "kentongan_history_dropped_total", "Five-minute rows let go for want of room.",
            h->dropped);
    gauge(out, "kentongan_history_waiting", "Five-minute rows not stored yet.", (double)h->waiting);
    counter(out, "kentongan_history_reading_rows_total",
            "Five-minute rows of readings that were stored.", h->readings_stored);
    counter(out, "kentongan_history_readings_dropped_total",
            "Five-minute rows of readings let go for want of room.", h->readings_dropped);
    gauge(out, "kentongan_history_readings_waiting", "Five-minute rows of readings not stored yet.",
          (double)h->readings_waiting);
}

static void database(const struct ops_figures *figures, struct text *out)
{
    gauge(out, "kentongan_database_up", "1 while the database is connected.", figures->database_up);
    counter(out, "kentongan_database_losses_total", "Connections to the database that were lost.",
            figures->database_losses);
    if (!figures->has_stats)
        return;
    gauge(out, "kentongan_tickets_open", "Tickets that are not restored.",
          (double)figures->stats.tickets_open);
    gauge(out, "kentongan_outages_open", "Outages that go on.",
          (double)figures->stats.outages_open);
    gauge(out, "kentongan_outbox_waiting", "Notifications owed and not delivered.",
          (double)figures->stats.outbox_waiting);
    gauge(out, "kentongan_outbox_dead", "Notifications given up.",
          (double)figures->stats.outbox_dead);
    gauge(out, "kentongan_outbox_oldest_seconds", "Age of the oldest notification that is due.",
          figures->stats.outbox_oldest_s);
}

void ops_metrics(const struct ops_figures *figures, struct text *out)
{
    head(out, "kentongan_build_info", "gauge", "The version that runs.");
    text_addf(out, "kentongan_build_info{version=\"%s\"} 1\n", figures->version);
    gauge(out, "kentongan_uptime_seconds", "Seconds since the start.", figures->uptime_s);
    gauge(out, "kentongan_loop_lag_seconds", "Worst lag of the event loop in ten seconds.",
          (double)figures->loop_lag_ms / 1000.0);
    probing(figures, out);
    readings(figures, out);
    traps(figures, out);
    sites(figures, out);
    deliveries(figures, out);
    answers(figures, out);
    history(figures, out);
    database(figures, out);
}
