/* SPDX-License-Identifier: ISC */
/*
 * profile_files - the profiles that count here: those built in, and the files of a folder.
 *
 * A file NAME.profile adds profiles, or replaces those of the same name that are built in; all of
 * them are read anew at each call. The texts come out packed as one (profiles_unpack()), to be
 * handed to a process that reads no files.
 */
#ifndef KT_PROFILE_FILES_H
#define KT_PROFILE_FILES_H

#include "probes/profile.h"

#define PROFILE_FILE_MAX  65536 /* bytes of one */
#define PROFILE_FILES_MAX 64    /* in the folder */

/*
 * folder: "" for none. packed: gets the texts, unless NULL. NULL: complaints has a line for each
 * mistake.
 */
KT_MUST_CHECK struct profiles *profile_files_read(const char *folder, struct text *packed,
                                                  struct text *complaints);
#endif
