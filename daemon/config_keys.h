/* SPDX-License-Identifier: ISC */
/*
 * config_keys - what may stand in kentongand.conf: one row per key, and how a value is judged.
 *
 * Between the reader (daemon/config.c, which knows libconfuse and line numbers) and struct config.
 * Values come in as text and go out as text that reads back to the same. To add a key: one field in
 * struct config, one row in config_keys.c; the reader, the printer and the example follow.
 */
#ifndef KT_CONFIG_KEYS_H
#define KT_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"
#include "daemon/config.h"

enum config_type {
    CONFIG_PATH = 1, /* absolute; least 0: may be empty */
    CONFIG_CONNINFO, /* libpq's; least 0: may be empty */
    CONFIG_DURATION, /* milliseconds, least..most */
    CONFIG_COUNT,    /* least..most */
    CONFIG_NETS,     /* a list */
    CONFIG_URL,      /* http or https, without a slash at the end */
    CONFIG_LISTEN,   /* unix:PATH or a loopback address with its port */
    CONFIG_WORD,     /* one of words */
    CONFIG_SWITCH,   /* true or false, a bool */
    CONFIG_TRAPS,    /* an IP address with its port, "systemd" or nothing */
    CONFIG_ZONE,     /* a name under /usr/share/zoneinfo */
    CONFIG_TYPE_END
};

struct config_key {
    const char *section; /* "" outside of any */
    const char *name;
    enum config_type type;
    size_t offset; /* of the field in struct config */
    size_t room;   /* its size */
    const char *preset;
    int64_t least;
    int64_t most;
    const char *words; /* CONFIG_WORD: blank-separated */
    const char *help;
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* "poll.interval", or "state_dir" outside of a section. */
void config_key_label(const struct config_key *key, struct text *out);
/* Takes a value; a CONFIG_NETS key takes one more network. False: what is wrong, *config as it was.
 */
KT_MUST_CHECK bool config_key_take(const struct config_key *key, const char *value,
                                   struct config *config, struct err *err);
/* The value as it is written in the file, quoted where it must be. */
void config_key_print(const struct config_key *key, const struct config *config, struct text *out);
/* Every key at its preset. */
void config_preset(struct config *config);
/* True: two keys contradict one another. The sentence in err is about keys[0]. */
bool config_conflict(const struct config *config, const struct config_key *keys[2],
                     struct err *err);
#endif
