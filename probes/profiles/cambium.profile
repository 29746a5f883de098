# SPDX-License-Identifier: ISC
# Objects: CAMBIUM-PMP80211-MIB, WHISP-APS-MIB.
profile cambium-epmp
title Cambium ePMP
inherits generic
match 1.3.6.1.4.1.17713.21
tested recording epmp
tested synthetic epmp-subscriber

# A subscriber has the first two of its downlink, an AP its number of subscribers.
metric snr
    oid 1.3.6.1.4.1.17713.21.1.2.18.0
    unit dB
    warn below 20
    crit below 12
    ticket degraded

metric signal
    oid 1.3.6.1.4.1.17713.21.1.2.3.0
    unit dBm
    invalid 0
    warn below -75
    crit below -82
    history main
    ticket degraded

metric clients
    oid 1.3.6.1.4.1.17713.21.1.2.10.0

metric frequency
    oid 1.3.6.1.4.1.17713.21.1.2.1.0
    unit MHz

metric cpu
    oid 1.3.6.1.4.1.17713.21.2.1.64.0
    unit %
    scale 0.1
    warn above 80
    crit above 95
    note a Counter32 by its type, a gauge in fact

profile cambium-pmp
title Cambium PMP 450
inherits generic
match 1.3.6.1.4.1.161.19
tested synthetic pmp450

# On the AP; rows are subscribers, by LUID.
metric power
    oid 1.3.6.1.4.1.161.19.3.1.4.1.35
    index any
    unit dBm
    warn below -75
    crit below -82
    rows 256
    note number as text
    history main

metric snr
    oid 1.3.6.1.4.1.161.19.3.1.4.1.74
    index any
    unit dB
    warn below 20
    crit below 12
    rows 256

metric clients
    oid 1.3.6.1.4.1.161.19.3.1.7.1.0
