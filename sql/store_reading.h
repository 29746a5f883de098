/* SPDX-License-Identifier: ISC */
/*
 * store_reading - what the daemon tells PostgreSQL of readings. Answered once, later, as all calls
 * of sql/store.h.
 */
#ifndef KT_STORE_READING_H
#define KT_STORE_READING_H

#include "sql/store.h"

/* rows_json: [{device, at, profile, readings}], each device once (functions/readings_put.sql). */
void store_readings_put(struct pg_conn *conn, const char *rows_json, store_done_cb *cb, void *arg);
#endif
