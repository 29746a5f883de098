/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "probes/echo.h"
#include "tests/fuzz/fuzz.h"

/* The first byte says on which socket: ping over IPv4, IPv6, or raw over IPv4 with IP's header. */

static void check_reply(enum echo_family family, const uint8_t *bytes, size_t count,
                        const struct echo *echo)
{
    uint8_t request[ECHO_BYTES];

    fuzz_holds(count == ECHO_BYTES);
    echo_request(family, echo, request);
    /* identifier, sequence, key and cookie are where they were in the request */
    fuzz_holds(memcmp(request + 4, bytes + 4, 16) == 0);
    fuzz_holds(bytes[0] != request[0] && bytes[1] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static const struct echo untouched = {1, 2, 3, 4};
    enum echo_family family;
    struct echo echo = untouched;
    size_t header = 0;

    if (count == 0)
        return 0;
    family = bytes[0] % 3 == 1 ? ECHO_V6 : ECHO_V4;
    if (bytes[0] % 3 == 2) {
        header = echo_ip_header(bytes + 1, count - 1);
        fuzz_holds(header % 4 == 0 && header <= ECHO_IP_MAX && header <= count - 1);
        if (header == 0)
            return 0;
    }
    bytes += 1 + header;
    count -= 1 + header;
    if (echo_read(family, bytes, count, &echo) == ECHO_REPLY)
        check_reply(family, bytes, count, &echo);
    else
        fuzz_holds(memcmp(&echo, &untouched, sizeof echo) == 0);
    return 0;
}
