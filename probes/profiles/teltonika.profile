# SPDX-License-Identifier: ISC
# Old firmware has one modem as scalars, RutOS a table of modems; both may call themselves a plain
# Linux. Numbers come as INTEGER or as text, by firmware. Objects: TELTONIKA-MIB,
# TELTONIKA-RUTX-MIB.
profile teltonika-old
title Teltonika RUT, old firmware
inherits generic
match 1.3.6.1.4.1.48690 has 1.3.6.1.4.1.48690.2.4
match 1.3.6.1.4.1.8072.3.2.10 has 1.3.6.1.4.1.48690.2.4 descr Teltonika
tested recording rutos-2xx

metric rsrp
    oid 1.3.6.1.4.1.48690.2.23.0
    unit dBm
    warn below -105
    crit below -115
    history main
    ticket degraded

metric sinr
    oid 1.3.6.1.4.1.48690.2.22.0
    unit dB
    warn below 3
    crit below -3
    ticket degraded

metric rssi
    oid 1.3.6.1.4.1.48690.2.4.0
    unit dBm
    warn below -95
    crit below -105

metric state
    oid 1.3.6.1.4.1.48690.2.7.0
    kind enum
    words 1 connected 2 disconnected
    crit is 2

metric technology
    oid 1.3.6.1.4.1.48690.2.8.0
    kind text

metric operator
    oid 1.3.6.1.4.1.48690.2.5.0
    kind text

metric temperature
    oid 1.3.6.1.4.1.48690.2.9.0
    unit C
    scale 0.1
    warn above 70
    crit above 80

profile teltonika-rutos
title Teltonika RutOS
inherits generic
match 1.3.6.1.4.1.48690 has 1.3.6.1.4.1.48690.2.2.1
match 1.3.6.1.4.1.8072.3.2.10 has 1.3.6.1.4.1.48690.2.2.1
tested synthetic rutos-integers
tested synthetic rutos-texts

metric rssi
    oid 1.3.6.1.4.1.48690.2.2.1.12
    index any
    unit dBm
    warn below -90
    crit below -100

metric state
    oid 1.3.6.1.4.1.48690.2.2.1.15
    index any
    kind enum
    words 1 connected 2 disconnected
    crit is 2

metric technology
    oid 1.3.6.1.4.1.48690.2.2.1.16
    index any
    kind text

metric temperature
    oid 1.3.6.1.4.1.48690.2.2.1.17
    index any
    unit C
    scale 0.1
    warn above 70
    crit above 80

metric sinr
    oid 1.3.6.1.4.1.48690.2.2.1.19
    index any
    unit dB
    warn below 3
    crit below -3
    ticket degraded

metric rsrp
    oid 1.3.6.1.4.1.48690.2.2.1.20
    index any
    unit dBm
    warn below -105
    crit below -115
    history main
    ticket degraded

metric rsrq
    oid 1.3.6.1.4.1.48690.2.2.1.21
    index any
    unit dB
    warn below -14
    crit below -18

metric input
    oid 1.3.6.1.4.1.48690.6.2.1.6
    index any
    unit V
    note a text with its unit; the battery where it is wired to an input
    history main
