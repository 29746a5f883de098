/* SPDX-License-Identifier: ISC */
#include "tests/fleet/usm_user.h"

#include <stdio.h>
#include <string.h>

struct words {
    const char *user, *level, *auth, *auth_pass, *priv, *priv_pass;
};

/* Cuts line; what a "key=value" of it says. */
static bool read_words(char *line, struct words *words)
{
    char *word;

    while ((word = strsep(&line, " \t\r\n")) != NULL) {
        char *value = strchr(word, '='), *colon;

        if (*word == '\0')
            continue;
        if (value == NULL)
            return false;
        *value++ = '\0';
        colon = strchr(value, ':');
        if (strcmp(word, "user") == 0) {
            words->user = value;
        } else if (strcmp(word, "level") == 0) {
            words->level = value;
        } else if (strcmp(word, "auth") == 0 && colon != NULL) {
            *colon = '\0';
            words->auth = value;
            words->auth_pass = colon + 1;
        } else if (strcmp(word, "priv") == 0 && colon != NULL) {
            *colon = '\0';
            words->priv = value;
            words->priv_pass = colon + 1;
        } else {
            return false;
        }
    }
    return words->user != NULL && words->level != NULL;
}

static bool level_flags(const char *level, unsigned *flags)
{
    static const char *const names[] = {"noAuthNoPriv", "authNoPriv", "authPriv"};
    static const unsigned sets[] = {0, USM_FLAG_AUTH, USM_FLAG_AUTH | USM_FLAG_PRIV};

    for (size_t i = 0; i < 3; i++)
        if (strcmp(level, names[i]) == 0) {
            *flags = sets[i];
            return true;
        }
    return false;
}

bool usm_user_read(struct usm_user *user, const char *line, struct err *err)
{
    struct words words = {0};
    const struct usm_auth *auth = NULL;
    enum usm_priv priv = USM_PRIV_NONE;
    char text[512];
    bool made = false;

    if (snprintf(text, sizeof text, "%s", line) >= (int)sizeof text)
        return err_set(err, "a user's line is at most 511 bytes");
    if (!read_words(text, &words) || !level_flags(words.level, &user->flags) ||
        strlen(words.user) >= sizeof user->name)
        return err_set(err, "a user is 'user=NAME level=noAuthNoPriv|authNoPriv|authPriv "
                            "[auth=SHA:PASSWORD [priv=AES:PASSWORD]]'");
    if ((user->flags & USM_FLAG_AUTH) != 0 && words.auth != NULL && strlen(words.auth_pass) >= 8)
        auth = usm_auth_find(words.auth);
    if ((user->flags & USM_FLAG_PRIV) != 0 && words.priv != NULL && strlen(words.priv_pass) >= 8)
        priv = usm_priv_find(words.priv);
    if (((user->flags & USM_FLAG_AUTH) == 0 || auth != NULL) &&
        ((user->flags & USM_FLAG_PRIV) == 0 || priv != USM_PRIV_NONE))
        made = usm_keys_open(&user->keys, auth, words.auth_pass, priv, words.priv_pass);
    if (!made) {
        usm_keys_close(&user->keys);
        return err_set(err,
                       "user %s: MD5, SHA, SHA-224…512 and DES, AES, AES-192, AES-256 with "
                       "passwords of at least 8 bytes",
                       words.user);
    }
    memcpy(user->name, words.user, strlen(words.user) + 1);
    return true;
}
