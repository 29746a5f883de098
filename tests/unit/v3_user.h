/* SPDX-License-Identifier: ISC */
/* v3_user - the users of the recorded SNMPv3 messages, and their keys. */
#ifndef KT_TEST_V3_USER_H
#define KT_TEST_V3_USER_H

#include <cmocka.h>

#include "probes/usm.h"

#define CREDENTIAL 7
#define PRIV       "v3 user=privsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-1"
#define AUTH       "v3 user=authsha level=authNoPriv auth=SHA:sandi-auth-1"
#define OPEN       "v3 user=noauth level=noAuthNoPriv"

/* Alone in usm, and ready; it is usm's. */
static inline struct usm_user *v3_user(struct usm *usm, const char *secret)
{
    struct usm_words words;
    struct err err = {""};
    struct usm_user *user;

    if (!usm_words_read(secret, &words, &err))
        fail_msg("%s", err.text);
    usm_keys_begin(usm_keys(usm));
    usm_keys_user(usm_keys(usm), CREDENTIAL, &words);
    usm_keys_commit(usm_keys(usm));
    while (usm_keys_work(usm_keys(usm)))
        ;
    user = usm_keys_find(usm_keys(usm), CREDENTIAL);
    assert_int_equal(usm_user_state(user), USM_USER_READY);
    return user;
}
#endif
