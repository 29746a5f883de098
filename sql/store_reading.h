/* SPDX-License-Identifier: ISC */
/*
 * store_reading - what the daemon tells PostgreSQL of readings: the last of each device, and in
 * bulk what five minutes of them came to. Answered once, later, as all calls of sql/store.h.
 */
#ifndef KT_STORE_READING_H
#define KT_STORE_READING_H

#include "sql/copy_rows.h"
#include "sql/store.h"
#include "sql/store_history.h"

/* rows_json: [{device, at, profile, readings}], each device once (functions/readings_put.sql). */
void store_readings_put(struct pg_conn *conn, const char *rows_json, store_done_cb *cb, void *arg);

/* states_json: [{device, state, since}] (functions/device_report.sql). */
void store_device_report(struct pg_conn *conn, const char *states_json, struct wall now,
                         store_done_cb *cb, void *arg);

/* What one reading of a device came to in one slot. Texts are borrowed. */
struct store_reading_row {
    uint32_t device_id;
    struct wall slot;
    const char *metric;
    const char *instance; /* "": the one of the device */
    const char *kind;     /* "gauge", "counter", "enum" */
    const char *unit;     /* "": none */
    bool main;
    uint16_t place;
    uint32_t count; /* > 0; of one value the last is all there is */
    float last, mean, least, most;
};

/* Rows that can be told to the database; with one value, and as a mean of states, nothing but the
 * last is kept. */
void store_reading_row_add(struct copy_rows *rows, const struct store_reading_row *row);
/*
 * Tells them; not when the copy is busy. The same may be told twice. cb: how many are new, after
 * those before oldest, after now, and beyond `most` readings of a device are let go
 * (functions/reading_rollup_take.sql). rows are ended and stay the caller's.
 */
void store_reading_rows(struct pg_copy *copy, struct copy_rows *rows, struct wall oldest,
                        struct wall now, uint32_t most, store_count_cb *cb, void *arg);
#endif
