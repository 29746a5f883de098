/* SPDX-License-Identifier: ISC */
#include "probes/usm_inside.h" /* first, for net-snmp's configuration */
#include <net-snmp/library/lcd_time.h>
#include <net-snmp/library/snmp_api.h>
#include <net-snmp/library/snmp_secmod.h>
#include <net-snmp/library/snmpv3.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_S   150                  /* [RFC 3414 §2.2.3] */
#define BOOTS_MOST UINT32_C(2147483647) /* an engine that counted so far is heard no more */

static const int wire_levels[USM_LEVEL_END] = {
    [USM_NOAUTH_NOPRIV] = SNMP_SEC_LEVEL_NOAUTH,
    [USM_AUTH_NOPRIV] = SNMP_SEC_LEVEL_AUTHNOPRIV,
    [USM_AUTH_PRIV] = SNMP_SEC_LEVEL_AUTHPRIV,
};
static const uint8_t level_flags[USM_LEVEL_END] = {
    [USM_AUTH_NOPRIV] = BER_V3_AUTH,
    [USM_AUTH_PRIV] = BER_V3_AUTH | BER_V3_PRIV,
};
static const int commands[QUESTION_KIND_END] = {
    [QUESTION_GET] = SNMP_MSG_GET,
    [QUESTION_GETNEXT] = SNMP_MSG_GETNEXT,
    [QUESTION_GETBULK] = SNMP_MSG_GETBULK,
};

uint8_t usm_level_flags(enum usm_level level)
{
    return level_flags[level];
}

/* net-snmp judges no clock before it has a name itself; it is told to nobody. [RFC 3411 §5] */
static void name_ourselves(void)
{
    u_char name[17] = {0x80, 0, 0, 0, 5};
    size_t random_bytes = sizeof name - 5;

    if (sc_random(name + 5, &random_bytes) != SNMPERR_SUCCESS ||
        set_exact_engineID(name, sizeof name) != SNMPERR_SUCCESS)
        abort();
}

/*
 * Registers the model and draws the random start of its salts, which net-snmp does when it has read
 * its configuration; we read none (probes/codec.c) and nothing else listens to that call.
 */
static void model_init(void)
{
    if (find_sec_mod(USM_SEC_MODEL_NUMBER) != NULL)
        return;
    snmp_enable_calllog(); /* its complaints go to a call-back list that is empty */
    /* init_usm() registers words of a configuration file under this name, and takes no NULL. */
    netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_APPTYPE, "kentongan");
    init_usm();
    snmp_call_callbacks(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_PREMIB_READ_CONFIG, NULL);
    name_ourselves();
}

struct usm *usm_new(void)
{
    struct usm *usm = calloc(1, sizeof *usm);

    if (usm == NULL)
        abort();
    model_init();
    usm->keys = usm_keys_new();
    snmp_sess_init(&usm->profile);
    usm->profile.version = SNMP_VERSION_3;
    usm->profile.securityModel = USM_SEC_MODEL_NUMBER;
    usm->profile.isAuthoritative = SNMP_SESS_NONAUTHORITATIVE;
    usm->profile.rcvMsgMaxSize = BER_MESSAGE_MAX; /* what agents are told that we take */
    usm->packet_room = USM_MESSAGE_MAX;
    usm->packet = malloc(usm->packet_room);
    if (usm->packet == NULL)
        abort();
    return usm;
}

void usm_free(struct usm *usm)
{
    if (usm == NULL)
        return;
    usm_keys_free(usm->keys);
    free(usm->packet);
    explicit_bzero(usm, sizeof *usm);
    free(usm);
}

struct usm_keys *usm_keys(struct usm *usm)
{
    return usm->keys;
}

void usm_lists_fill(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                    uint32_t boots, uint32_t time_s)
{
    const struct usm_words *words = usm_user_words(user);
    const netsnmp_auth_alg_info *auth = usm_auth_protocol(words->auth);
    const netsnmp_priv_alg_info *priv = usm_priv_protocol(words->priv);

    memcpy(usm->name, words->user, sizeof usm->name);
    usm->entry = (struct usmUser){
        .engineID = agent->engine,
        .engineIDLen = agent->engine_bytes,
        .name = usm->name,
        .secName = usm->name,
        .authProtocol = auth == NULL ? usmNoAuthProtocol : auth->alg_oid,
        .authProtocolLen = auth == NULL ? USM_AUTH_PROTO_NOAUTH_LEN : (size_t)auth->oid_len,
        .authKey = agent->auth_key,
        .authKeyLen = agent->auth_bytes,
        .privProtocol = priv == NULL ? usmNoPrivProtocol : priv->alg_oid,
        .privProtocolLen = priv == NULL ? USM_PRIV_PROTO_NOPRIV_LEN : (size_t)priv->oid_len,
        .privKey = agent->priv_key,
        .privKeyLen = agent->priv_bytes,
        .userStatus = SNMP_ROW_ACTIVE,
        .userStorageType = SNMP_STORAGE_VOLATILE,
    };
    usm_add_user(&usm->entry);
    set_enginetime(agent->engine, agent->engine_bytes, boots, time_s, TRUE);
}

/* Only unlinks: the keys are the agent's. */
void usm_lists_empty(struct usm *usm, struct usm_agent *agent)
{
    usm_remove_user(&usm->entry);
    free_enginetime(agent->engine, agent->engine_bytes);
    usm->entry = (struct usmUser){0};
}

void *usm_copy_of(const void *from, size_t bytes)
{
    void *copy = netsnmp_memdup(from, bytes);

    if (copy == NULL)
        abort();
    return copy;
}

netsnmp_pdu *usm_pdu_new(int command, int32_t id, const char *user, enum usm_level level)
{
    netsnmp_pdu *pdu = snmp_pdu_create(command);

    if (pdu == NULL)
        abort();
    pdu->version = SNMP_VERSION_3;
    pdu->reqid = pdu->msgid = id;
    pdu->securityModel = USM_SEC_MODEL_NUMBER;
    pdu->securityLevel = wire_levels[level];
    pdu->securityName = usm_copy_of(user, strlen(user) + 1);
    pdu->securityNameLen = strlen(user);
    pdu->contextName = usm_copy_of("", 1);
    pdu->contextNameLen = 0;
    return pdu;
}

size_t usm_build(struct usm *usm, netsnmp_pdu *pdu, uint8_t out[USM_MESSAGE_MAX])
{
    size_t offset = 0; /* net-snmp encodes from the end: this many bytes, right-aligned */
    int rc = snmp_build(&usm->packet, &usm->packet_room, &offset, &usm->profile, pdu);

    snmp_free_pdu(pdu);
    if (rc != 0 || offset > USM_MESSAGE_MAX)
        return 0;
    memcpy(out, usm->packet + usm->packet_room - offset, offset);
    return offset;
}

size_t usm_discover(struct usm *usm, int32_t id, uint8_t out[USM_MESSAGE_MAX])
{
    return usm_build(usm, usm_pdu_new(SNMP_MSG_GET, id, "", USM_NOAUTH_NOPRIV), out);
}

static void add_object(netsnmp_pdu *pdu, const struct oid *object)
{
    const uint8_t *at = object->at;
    size_t left = object->bytes, count = 0;
    oid name[MAX_OID_LEN];
    uint32_t subid;

    if (oid_next(&at, &left, &subid)) { /* the first two numbers are in one */
        name[count++] = subid < 80 ? subid / 40 : 2;
        name[count++] = subid < 80 ? subid % 40 : subid - 80;
    }
    while (count < MAX_OID_LEN && oid_next(&at, &left, &subid))
        name[count++] = subid;
    if (snmp_add_null_var(pdu, name, count) == NULL)
        abort();
}

size_t usm_request(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                   struct mono now, int32_t id, const struct question *question,
                   uint8_t out[USM_MESSAGE_MAX])
{
    const struct usm_words *words = usm_user_words(user);
    netsnmp_pdu *pdu;
    size_t bytes;

    assert(agent->engine_bytes > 0 && question->count <= QUESTION_OIDS_MAX);
    if (!usm_agent_key(agent, user))
        return 0;
    pdu = usm_pdu_new(commands[question->kind], id, words->user, words->level);
    pdu->securityEngineID = usm_copy_of(agent->engine, agent->engine_bytes);
    pdu->securityEngineIDLen = agent->engine_bytes;
    pdu->contextEngineID = usm_copy_of(agent->engine, agent->engine_bytes);
    pdu->contextEngineIDLen = agent->engine_bytes;
    if (question->kind == QUESTION_GETBULK) {
        pdu->non_repeaters = 0;
        pdu->max_repetitions = question->max_repetitions;
    }
    for (size_t i = 0; i < question->count; i++)
        add_object(pdu, &question->oids[i]);
    usm_lists_fill(usm, user, agent, agent->boots, usm_agent_time_s(agent, now));
    bytes = usm_build(usm, pdu, out);
    usm_lists_empty(usm, agent);
    return bytes;
}

bool usm_write_list(struct usm *usm, const netsnmp_pdu *pdu, size_t *varbinds,
                    struct ber_list *list)
{
    size_t left = sizeof usm->list;
    u_char *at = usm->list;

    *varbinds = 0;
    for (netsnmp_variable_list *var = pdu->variables; var != NULL; var = var->next_variable) {
        if (++*varbinds > BER_VARBINDS_MAX)
            return false;
        at = snmp_build_var_op(at, var->name, &var->name_length, var->type, var->val_len,
                               var->val.string, &left);
        if (at == NULL)
            return false;
    }
    *list = (struct ber_list){usm->list, (size_t)(at - usm->list)};
    return true;
}

netsnmp_pdu *usm_parse(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                       uint32_t boots, uint32_t time_s, uint8_t *bytes, size_t count)
{
    netsnmp_pdu *pdu = calloc(1, sizeof *pdu);
    int rc;

    if (pdu == NULL)
        abort();
    usm_lists_fill(usm, user, agent, boots, time_s);
    rc = snmp_parse(NULL, &usm->profile, pdu, bytes, count);
    usm_lists_empty(usm, agent);
    if (pdu->securityStateRef != NULL)
        find_sec_mod(USM_SEC_MODEL_NUMBER)->pdu_free_state_ref(pdu->securityStateRef);
    pdu->securityStateRef = NULL;
    if (rc == SNMPERR_SUCCESS)
        return pdu;
    snmp_free_pdu(pdu);
    return NULL;
}

/*
 * An authentic report of the time is taken at its word, even where it sets the clock back: its id
 * is ours, drawn at random and still open, so it is no recording. RFC 3414 §3.2 (7b) would have a
 * person repair that.
 */
static enum usm_verdict judge_report(struct usm *usm, const struct usm_user *user,
                                     struct usm_agent *agent, struct mono now,
                                     const struct ber_v3 *message, uint8_t *bytes, size_t count,
                                     struct usm_reply *reply)
{
    netsnmp_pdu *pdu;

    reply->report = usm_report_read(message->plain.list);
    if ((message->flags & BER_V3_AUTH) == 0 || usm_user_state(user) != USM_USER_READY ||
        usm_user_words(user)->level < USM_AUTH_NOPRIV ||
        !usm_agent_is(agent, message->engine.at, message->engine.bytes) ||
        !usm_agent_key(agent, user))
        return USM_REPORTED;
    pdu = usm_parse(usm, user, agent, message->boots, message->time_s, bytes, count);
    if (pdu == NULL)
        return USM_NOT_AUTHENTIC;
    reply->authentic = true;
    snmp_free_pdu(pdu);
    if (reply->report == USM_REPORT_TIME)
        usm_agent_clock(agent, message->boots, message->time_s, now);
    return USM_REPORTED;
}

/* An answer with the level that was asked; net-snmp sees it unless there is nothing to prove. */
static enum usm_verdict judge_answer(struct usm *usm, const struct usm_user *user,
                                     struct usm_agent *agent, struct mono now,
                                     const struct ber_v3 *message, uint8_t *bytes, size_t count,
                                     struct usm_reply *reply)
{
    enum usm_verdict verdict = USM_ANSWER;
    netsnmp_pdu *pdu;

    reply->error_status = message->plain.error_status;
    reply->error_index = message->plain.error_index;
    reply->varbinds = message->plain.varbinds;
    reply->list = message->plain.list;
    if (usm_user_words(user)->level < USM_AUTH_NOPRIV)
        return message->plain.request_id == message->msg_id ? USM_ANSWER : USM_OTHER_REQUEST;
    if (!usm_agent_key(agent, user))
        return USM_NOT_AUTHENTIC;
    pdu = usm_parse(usm, user, agent, agent->boots, usm_agent_time_s(agent, now), bytes, count);
    if (pdu == NULL)
        return USM_NOT_AUTHENTIC;
    reply->authentic = true;
    usm_agent_clock(agent, message->boots, message->time_s, now);
    if (pdu->command != SNMP_MSG_RESPONSE ||
        (message->encrypted.bytes > 0 && !usm_write_list(usm, pdu, &reply->varbinds, &reply->list)))
        verdict = USM_OTHER_PDU;
    else if (pdu->reqid != message->msg_id)
        verdict = USM_OTHER_REQUEST;
    reply->error_status = (int32_t)pdu->errstat;
    reply->error_index = (int32_t)pdu->errindex;
    snmp_free_pdu(pdu);
    return verdict;
}

enum usm_verdict usm_judge(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                           struct mono now, const struct ber_v3 *message, uint8_t *bytes,
                           size_t count, struct usm_reply *reply)
{
    const struct usm_words *words = usm_user_words(user);
    uint8_t flags = level_flags[words->level];

    *reply = (struct usm_reply){.report = USM_REPORT_OTHER};
    if (message->plain.pdu == BER_PDU_REPORT)
        return judge_report(usm, user, agent, now, message, bytes, count, reply);
    if (message->encrypted.bytes == 0 && message->plain.pdu != BER_PDU_RESPONSE)
        return USM_OTHER_PDU;
    if ((message->flags & flags) != flags)
        return USM_LOWER_LEVEL;
    if (!usm_agent_is(agent, message->engine.at, message->engine.bytes))
        return USM_OTHER_ENGINE;
    if (message->user.bytes != strlen(words->user) ||
        memcmp(message->user.at, words->user, message->user.bytes) != 0)
        return USM_OTHER_USER;
    if ((message->flags & (BER_V3_AUTH | BER_V3_PRIV)) != flags ||
        usm_user_state(user) != USM_USER_READY)
        return USM_LOWER_LEVEL; /* a higher one than asked: there is no key for it */
    return judge_answer(usm, user, agent, now, message, bytes, count, reply);
}

/* Later than all that is known of it. */
static bool is_later(const struct usm_agent *agent, const struct ber_v3 *message, struct mono now)
{
    return message->boots > agent->boots ||
           (message->boots == agent->boots && message->time_s > usm_agent_time_s(agent, now));
}

/* [RFC 3414 §3.2 (7b), 2.2.3] */
static bool is_timely(const struct usm_agent *agent, const struct ber_v3 *message, struct mono now)
{
    if (agent->clock_at.us == 0 || message->boots >= BOOTS_MOST)
        return false;
    return is_later(agent, message, now) ||
           (message->boots == agent->boots &&
            message->time_s + WINDOW_S >= usm_agent_time_s(agent, now));
}

/* Digest, clock and cipher by net-snmp. */
static enum trap_proof prove_guarded(struct usm *usm, const struct usm_user *user,
                                     struct usm_agent *agent, struct mono now,
                                     const struct ber_v3 *message, uint8_t *bytes, size_t count,
                                     struct usm_said *said)
{
    enum trap_proof proof = TRAP_PROOF_TRUE;
    netsnmp_pdu *pdu;
    size_t varbinds;

    if (!is_timely(agent, message, now))
        return TRAP_PROOF_TIME;
    if (!usm_agent_key(agent, user))
        return TRAP_PROOF_KEY;
    pdu = usm_parse(usm, user, agent, agent->boots, usm_agent_time_s(agent, now), bytes, count);
    if (pdu == NULL)
        return TRAP_PROOF_KEY;
    if (is_later(agent, message, now))
        usm_agent_clock(agent, message->boots, message->time_s, now);
    if (pdu->command != SNMP_MSG_TRAP2 ||
        (message->encrypted.bytes > 0 && !usm_write_list(usm, pdu, &varbinds, &said->list)))
        proof = TRAP_PROOF_NO_TRAP;
    said->request_id = (int32_t)pdu->reqid;
    snmp_free_pdu(pdu);
    return proof;
}

enum trap_proof usm_prove(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                          struct mono now, const struct ber_v3 *message, uint8_t *bytes,
                          size_t count, struct usm_said *said)
{
    const struct usm_words *words = usm_user_words(user);

    *said = (struct usm_said){message->plain.request_id, message->plain.list};
    if (agent->engine_bytes == 0 || !usm_agent_is(agent, message->engine.at, message->engine.bytes))
        return TRAP_PROOF_ENGINE;
    if (message->user.bytes != strlen(words->user) ||
        memcmp(message->user.at, words->user, message->user.bytes) != 0)
        return TRAP_PROOF_USER;
    if ((message->flags & (BER_V3_AUTH | BER_V3_PRIV)) != level_flags[words->level] ||
        usm_user_state(user) != USM_USER_READY)
        return TRAP_PROOF_LEVEL;
    if (message->encrypted.bytes == 0 && message->plain.pdu != BER_PDU_TRAP_V2)
        return TRAP_PROOF_NO_TRAP;
    if (words->level < USM_AUTH_NOPRIV)
        return TRAP_PROOF_TRUE;
    return prove_guarded(usm, user, agent, now, message, bytes, count, said);
}
