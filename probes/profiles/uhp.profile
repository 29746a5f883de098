# SPDX-License-Identifier: ISC
# Objects: UHP-MIB.
profile uhp-vsat
title UHP satellite router
inherits generic
match 1.3.6.1.4.1.8000.22
tested synthetic uhp

metric snr
    oid 1.3.6.1.4.1.8000.22.2.1.0
    unit dB
    scale 0.1
    warn below 7
    crit below 5
    history main
    ticket degraded

metric station_state
    oid 1.3.6.1.4.1.8000.22.5.5.1.0
    kind enum
    words 8 no-rx 13 start-tx 14 acquisition 17 operation
    crit in 0 .. 16

metric tx_level
    oid 1.3.6.1.4.1.8000.22.4.6.1.0
    unit dBm
    scale -0.1

metric temperature
    oid 1.3.6.1.4.1.8000.22.8.1.0
    note the MIB does not state the unit
