/* SPDX-License-Identifier: ISC */
/*
 * profile_texts - the profiles that are built in: the files of probes/profiles as they stand.
 *
 * Made by probes/embed.cmake; constant.
 */
#ifndef KT_PROFILE_TEXTS_H
#define KT_PROFILE_TEXTS_H

struct profile_text {
    const char *file;
    const char *text;
};

extern const struct profile_text profile_texts[]; /* ends with file == NULL */
#endif
