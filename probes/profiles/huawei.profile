# SPDX-License-Identifier: ISC
# Objects: HUAWEI-WAN-MIB, HUAWEI-XPON-MIB. Which of the two a device is, its tables tell.
profile huawei-lte
title Huawei AR router with LTE
inherits generic
match 1.3.6.1.4.1.2011 has 1.3.6.1.4.1.2011.5.25.241.1.2
tested synthetic huawei-ar-lte

metric rsrp
    oid 1.3.6.1.4.1.2011.5.25.241.1.2.1.1.38
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    warn below -105
    crit below -115
    note a text with its unit
    history main
    ticket degraded

metric rsrq
    oid 1.3.6.1.4.1.2011.5.25.241.1.2.1.1.40
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dB
    warn below -14
    crit below -18

metric rssi
    oid 1.3.6.1.4.1.2011.5.25.241.1.2.1.1.35
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    warn below -90
    crit below -100

profile huawei-olt
title Huawei OLT, GPON
inherits generic
match 1.3.6.1.4.1.2011 has 1.3.6.1.4.1.2011.6.128.1.1.2.46
tested synthetic huawei-olt

# Rows are ONTs: number of the PON port, number of the ONT.
metric ont_rx
    oid 1.3.6.1.4.1.2011.6.128.1.1.2.51.1.4
    index any
    unit dBm
    scale 0.01
    invalid 2147483647
    warn below -25
    crit below -27
    rows 2048

metric olt_rx
    oid 1.3.6.1.4.1.2011.6.128.1.1.2.51.1.6
    index any
    unit dBm
    scale 0.01
    offset -100
    invalid 2147483647 0
    warn below -28
    crit below -30
    rows 2048
    note the MIB says 0.01 dBm; devices add 10000 to it

metric ont_state
    oid 1.3.6.1.4.1.2011.6.128.1.1.2.46.1.15
    index any
    kind enum
    words 1 up 2 down -1 invalid
    warn is 2
    rows 2048

metric last_down
    oid 1.3.6.1.4.1.2011.6.128.1.1.2.46.1.24
    index any
    kind enum
    words 1 LOS 2 LOSi 3 LOFi 13 dying-gasp
    rows 2048
    note LOS is the fibre, dying-gasp is the power at the ONT
