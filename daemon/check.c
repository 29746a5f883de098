/* SPDX-License-Identifier: ISC */
#include "daemon/check.h"

#include <string.h>

#include "daemon/base/json.h"
#include "daemon/blind.h"
#include "daemon/config.h"
#include "sql/pg_sync.h"

#define NAMED_MOST 4

/* Whether it can be pinged only the prober knows. */
static bool has_secret(const struct js *device, const struct secrets *secrets)
{
    return strcmp(js_text(device, "snmp", ""), "none") == 0 ||
           secrets_get(secrets, js_text(device, "credential", "")) != NULL;
}

static void weigh(const struct js *devices, const struct secrets *secrets, struct text *warnings)
{
    size_t count = js_count(devices), usable = 0;

    for (size_t i = 0; i < count; i++)
        usable += has_secret(js_at(devices, i), secrets);
    if (usable >= BLIND_REFERENCES_LEAST)
        return;
    text_addf(warnings, "warning: devices.csv: %zu of %d devices of the role \"reference\"", usable,
              BLIND_REFERENCES_LEAST);
    for (size_t i = 0; i < count && i < NAMED_MOST; i++)
        text_addf(warnings, "%s%s %s%s", i == 0 ? " (" : ", ",
                  js_text(js_at(devices, i), "site", ""), js_text(js_at(devices, i), "name", ""),
                  has_secret(js_at(devices, i), secrets) ? "" : " has no secret");
    text_addf(
        warnings,
        "%s: when the poller is cut off itself, it takes that for an outage of every site. Give "
        "two devices that it reaches first (its gateway, the provider's router) this role, and "
        "import them\n",
        count > 0 ? ")" : "");
}

void check_references(const struct config *config, const struct secrets *secrets,
                      struct text *warnings)
{
    struct text value = {0};
    struct err err = {0};
    struct pg_sync *sync = pg_sync_open(config->database_conninfo, &err);
    bool told = sync != NULL && pg_sync_json(sync, STMT_REFERENCES, NULL, &value, &err) == STORE_OK;
    struct js *devices = told ? js_parse(text_get(&value), value.bytes, &err) : NULL;

    if (devices != NULL)
        weigh(devices, secrets, warnings);
    else
        text_addf(warnings, "warning: the references are not checked: %s\n", err.text);
    js_free(devices);
    text_free(&value);
    pg_sync_close(sync);
}
