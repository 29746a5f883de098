/* SPDX-License-Identifier: ISC */
/*
 * names - a resolver for tests: takes the place of getaddrinfo() for the whole program, libcurl's
 * resolver threads included, so that names under .test exist without a network.
 *
 *   canary.test   127.0.0.1          lan.test      10.0.0.1        mapped.test  ::ffff:127.0.0.1
 *   mixed.test    10.0.0.1, then 127.0.0.1         nowhere.test    no such name
 *   stuck.test    no answer until names_unstick()
 */
#ifndef KT_NAMES_H
#define KT_NAMES_H

void names_unstick(void);
#endif
