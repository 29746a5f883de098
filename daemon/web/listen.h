/* SPDX-License-Identifier: ISC */
/*
 * listen - opens the socket that the web server listens on; sockets only, no HTTP.
 */
#ifndef KT_WEB_LISTEN_H
#define KT_WEB_LISTEN_H

#include "daemon/base/err.h"

/*
 * where: as in server.h. Returns a non-blocking listening descriptor, or -1 and err. unix_path
 * receives the path to remove in the end, or "" for TCP; it needs room for 108 bytes (unix(7)).
 */
KT_MUST_CHECK int listen_open(const char *where, char unix_path[108], struct err *err);
#endif
