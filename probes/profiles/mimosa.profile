# SPDX-License-Identifier: ISC
# Objects: MIMOSA-NETWORKS-BFIVE-MIB. Rows are chains.
profile mimosa-b5
title Mimosa B5, B5c, B11, B24
inherits generic
match 1.3.6.1.4.1.43356
tested synthetic mimosa-b5

metric rx_power
    oid 1.3.6.1.4.1.43356.2.1.2.6.1.1.3
    index any
    unit dBm
    scale 0.1
    invalid -1000
    warn below -65
    crit below -75
    note -100.0 is a chain that is not there
    history main
    ticket degraded

metric snr
    oid 1.3.6.1.4.1.43356.2.1.2.6.1.1.5
    index any
    unit dB
    scale 0.1
    invalid 0
    warn below 20
    crit below 12
    ticket degraded

metric rate_tx
    oid 1.3.6.1.4.1.43356.2.1.2.6.2.1.2
    index any
    unit bit/s
    scale 1000000

metric errors_tx
    oid 1.3.6.1.4.1.43356.2.1.2.7.3.0
    unit %
    scale 0.01
    warn above 2
    crit above 10
    ticket degraded
    note mimosaPerTxRate: packet errors, not a rate

metric errors_rx
    oid 1.3.6.1.4.1.43356.2.1.2.7.4.0
    unit %
    scale 0.01
    warn above 2
    crit above 10
    ticket degraded

metric temperature
    oid 1.3.6.1.4.1.43356.2.1.2.1.8.0
    unit C
    scale 0.1
    warn above 70
    crit above 80
