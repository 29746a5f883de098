/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_parts.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STOP_MS 20000

/* -- the district, its secrets and the configuration -- */

void rig_inventory(struct rig *rig)
{
    const char *directory = rig_path(rig, "inventory");

    if (mkdir(directory, 0755) < 0 || !proc_give(directory))
        rig_fail(rig, "cannot make %s", directory);
    rig_write(rig, "secrets", "village = %s\nhook.team = %s\nhook.a = %s\nhook.b = %s\n",
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    rig_write(rig, "inventory/sites.csv",
              "code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours\n" CORE
              ";Diskominfo;core;;-7.42;111.02;;;\n" RELAY_A
              ";Kalijambe;relay;Kalijambe;-7.43;110.81;" CORE ";SGN-01;\n" RELAY_B
              ";Plupuh;relay;Plupuh;-7.44;110.88;" CORE ";SGN-02;\n" VILLAGE_A
              ";Krikilan;village;Kalijambe;-7.44;110.82;" RELAY_A ";SGN-01;\n" VILLAGE_B
              ";Tegalombo;village;Kalijambe;-7.45;110.82;" RELAY_A ";SGN-03;\n" TWO_WAYS
              ";Ngebung;village;Kalijambe;-7.46;110.83;" RELAY_A " " RELAY_B ";SGN-01;\n" VILLAGE_C
              ";Dari;village;Plupuh;-7.45;110.88;" RELAY_B ";SGN-02;\n" VILLAGE_D
              ";Gedongan;village;Plupuh;-7.46;110.89;" RELAY_B ";SGN-02;\n");
    rig_devices(rig, NULL);
    rig_write(rig, "inventory/parties.csv",
              "party;name;kind;language;parent\n"
              "it;Diskominfo Sragen;team;id;\n"
              "mitra-a;CV Mitra Timur;contractor;id;\n"
              "mitra-b;CV Mitra Barat;contractor;id;\n");
    rig_endpoints(rig, "/ok/team", "/ok/a", "/ok/b");
    rig_write(rig, "inventory/contracts.csv",
              "contract;party;sites\nC-A;mitra-a;33.14.01*\nC-B;mitra-b;33.14.02*\n");
}

void rig_devices(struct rig *rig, const char *more)
{
    static const char *const sites[SITES_PROBED] = {RELAY_A,  RELAY_B,   VILLAGE_A, VILLAGE_B,
                                                    TWO_WAYS, VILLAGE_C, VILLAGE_D};
    struct text rows = {0};

    text_add(&rows,
             "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n");
    for (size_t i = 0; i < SITES_PROBED; i++)
        text_addf(&rows, "%s;%s-gw;%s.%zu;%u;2c;village;routeros;gateway;;\n", sites[i], sites[i],
                  rig->net, i + 1, rig->snmp_port);
    text_add(&rows, more == NULL ? "" : more);
    rig_write(rig, "inventory/devices.csv", "%s", text_get(&rows));
    text_free(&rows);
}

void rig_endpoints(struct rig *rig, const char *team, const char *a, const char *b)
{
    unsigned port = rig->sink_port == 0 ? 9 : rig->sink_port; /* without a sink: nobody is there */

    rig_write(rig, "inventory/endpoints.csv",
              "endpoint;party;channel;url;secret;fallback_of;quiet;site\n"
              "team;it;webhook;http://127.0.0.1:%u%s;hook.team;;;\n"
              "a;mitra-a;webhook;http://127.0.0.1:%u%s;hook.a;;;\n"
              "b;mitra-b;webhook;http://127.0.0.1:%u%s;hook.b;;;\n",
              port, team, port, a, port, b);
}

static const char *or_else(const char *text, const char *fallback)
{
    return text == NULL ? fallback : text;
}

void rig_config(struct rig *rig, int which)
{
    struct rig_daemon *daemon = &rig->daemons[which];
    const char *name = rig_text(rig, "kentongand%d.conf", which);
    const struct rig_conf *conf = &rig->conf;

    snprintf(daemon->config, sizeof daemon->config, "%s/%s", rig->dir, name);
    snprintf(daemon->log, sizeof daemon->log, "%s/kentongand%d.log", rig->dir, which);
    if (conf->web_port == 0)
        snprintf(daemon->http, sizeof daemon->http, "%s/http%d.sock", rig->dir, which);
    else
        snprintf(daemon->http, sizeof daemon->http, "127.0.0.1:%u", conf->web_port);
    rig_write(rig, name,
              "state_dir = \"%s\"\n"
              "secrets_file = \"%s/secrets\"\n"
              "database { conninfo = \"host=%s dbname=%s user=kentongan_app\""
              " admin = \"host=%s dbname=%s user=postgres\" }\n"
              "web { listen = \"%s%s\" base_url = \"https://kentongan.example.id\" }\n"
              "poll { %s }\n"
              "verify { %s }\n"
              "webhook { %s }\n"
              "%s",
              rig->dir, rig->dir, rig_world.pg, rig->database, rig_world.pg, rig->database,
              conf->web_port == 0 ? "unix:" : "", daemon->http,
              or_else(conf->poll, "interval = 500ms timeout = 400ms misses_to_down = 3"),
              or_else(conf->verify, "window = 10s self_heal_after = 30m"),
              or_else(conf->webhook, "timeout = 3s allow = { \"127.0.0.0/8\" }"),
              or_else(conf->more, ""));
}

void rig_import(struct rig *rig)
{
    const char *said;

    if (rig_cli(rig, &said, "import", rig_path(rig, "inventory"), NULL) != 0)
        rig_fail(rig, "the import was refused: %s", said);
}

int rig_cli(struct rig *rig, const char **out, ...)
{
    const char *argv[32] = {rig_program("kentongan"), "-c", rig->daemons[0].config};
    size_t n = 3;
    va_list args;

    va_start(args, out);
    while (n < 31 && (argv[n] = va_arg(args, const char *)) != NULL)
        n++;
    va_end(args);
    argv[n] = NULL;
    return rig_run(rig, out, argv);
}

/* -- lives of a daemon -- */

static size_t file_bytes(const char *path)
{
    struct stat info;

    return stat(path, &info) < 0 ? 0 : (size_t)info.st_size;
}

void rig_start_one(struct rig *rig, int which)
{
    struct rig_daemon *daemon = &rig->daemons[which];
    const char *const argv[] = {rig_program("kentongand"), "-c", daemon->config, NULL};
    const char *env[] = {NULL, NULL, NULL, NULL};
    size_t count = 0;
    struct proc_spec spec = {
        .argv = argv, .env = env, .home = rig->dir, .out = daemon->log, .err = daemon->log};

    if (rig->notify >= 0) {
        env[count++] = rig_text(rig, "NOTIFY_SOCKET=%s/notify.sock", rig->dir);
        env[count++] = "WATCHDOG_USEC=1000000";
    }
    if (rig->conf.slot_s > 0)
        env[count++] = rig_text(rig, "KENTONGAN_TEST_SLOT_S=%u", rig->conf.slot_s);
    daemon->log_seen = file_bytes(daemon->log);
    daemon->pid = proc_spawn(&spec);
    if (daemon->pid < 0)
        rig_fail(rig, "cannot start kentongand");
}

void rig_wait_ready(struct rig *rig, int which)
{
    rig_wait_http(rig, which, "/readyz", 200);
}

void rig_start(struct rig *rig)
{
    rig_start_one(rig, 0);
    rig_wait_ready(rig, 0);
}

void rig_signal(struct rig *rig, int which, int signal)
{
    if (kill(rig->daemons[which].pid, signal) < 0)
        rig_fail(rig, "the daemon is not there any more");
}

void rig_stop(struct rig *rig, int which)
{
    struct rig_daemon *daemon = &rig->daemons[which];
    pid_t prober = rig_prober_of(rig, which);
    int code = -1;

    rig_signal(rig, which, SIGTERM);
    if (!proc_ended(daemon->pid, STOP_MS, &code))
        rig_fail(rig, "kentongand does not stop");
    daemon->pid = 0;
    if (code != 0)
        rig_fail(rig, "kentongand stopped with %d", code);
    if (prober > 0 && kill(prober, 0) == 0)
        rig_fail(rig, "the prober outlived its parent");
}

/* Dead counts, whether or not somebody has reaped it: it is an orphan. */
static bool is_gone(pid_t pid)
{
    char path[64], line[512] = "";
    const char *state;
    FILE *stat;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    stat = fopen(path, "re");
    if (stat == NULL)
        return true;
    if (fgets(line, sizeof line, stat) == NULL)
        line[0] = '\0';
    fclose(stat);
    state = strrchr(line, ')');
    return state == NULL || strncmp(state, ") Z", 3) == 0;
}

void rig_kill(struct rig *rig, int which)
{
    pid_t prober = rig_prober_of(rig, which);
    struct mono end = rig_deadline(STOP_MS);

    proc_kill(rig->daemons[which].pid);
    while (prober > 0 && !is_gone(prober))
        if (!rig_tick(rig, end))
            rig_fail(rig, "the prober outlived its parent");
    rig->daemons[which].pid = 0;
    rig->kills++;
}

void rig_daemons_end(struct rig *rig)
{
    for (int i = 0; i < RIG_DAEMONS; i++)
        proc_kill(rig->daemons[i].pid);
}

void rig_wait_all_up(struct rig *rig)
{
    rig_wait_sql(rig, rig_text(rig, "%d", SITES_PROBED),
                 "select count(*) from kentongan.site_state s join kentongan.device d using (site)"
                 " where s.state = 'up'");
}

void rig_wait_back(struct rig *rig)
{
    rig_wait_sql(rig, "0", "select count(*) from kentongan.outage where restored_at is null");
}

void rig_whole(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
}

/* "pid (name) state parent": the name may hold blanks, so the parent is read behind the last ')'.
 */
static pid_t parent_of(const char *pid)
{
    char path[64];
    struct text stat = {0};
    const char *after;
    int parent = 0;

    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    if (file_read(path, 0, &stat) && (after = strrchr(text_get(&stat), ')')) != NULL &&
        sscanf(after, ") %*c %d", &parent) != 1)
        parent = 0;
    text_free(&stat);
    return parent;
}

pid_t rig_prober_of(struct rig *rig, int which)
{
    DIR *all = opendir("/proc");
    struct dirent *one;
    pid_t found = 0;

    while (all != NULL && found == 0 && (one = readdir(all)) != NULL)
        if (one->d_name[0] >= '1' && one->d_name[0] <= '9' &&
            parent_of(one->d_name) == rig->daemons[which].pid)
            found = (pid_t)strtol(one->d_name, NULL, 10);
    if (all != NULL)
        closedir(all);
    return found;
}

void rig_wait_gone(struct rig *rig, pid_t pid)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);

    while (kill(pid, 0) == 0)
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "process %d does not end", (int)pid);
}
