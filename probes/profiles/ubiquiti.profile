# SPDX-License-Identifier: ISC
# airMAX, airFiber, LTU, AF60 and the fibre OLT. All but the last give the same sysObjectID, that of
# the board's maker, so what they have decides. Objects: UBNT-AirMAX-MIB, UBNT-AirFIBER-MIB,
# UBNT-AFLTU-MIB, UI-AF60-MIB, UBNT-UFIBER-MIB.
profile ubiquiti-airmax
title Ubiquiti airMAX (M and AC)
inherits generic
match 1.3.6.1.4.1.10002.1 has 1.3.6.1.4.1.41112.1.4
match 1.3.6.1.4.1.41112.1.4
tested recording airos_airos8
tested synthetic airmax-m

metric signal
    oid 1.3.6.1.4.1.41112.1.4.5.1.5.1
    unit dBm
    warn below -75
    crit below -82
    history main
    ticket degraded

metric noise
    oid 1.3.6.1.4.1.41112.1.4.5.1.8.1
    unit dBm
    warn above -90
    crit above -80

metric ccq
    oid 1.3.6.1.4.1.41112.1.4.5.1.7.1
    unit %
    note says nothing on AC radios (33 at a good -70 dBm), so it has no limits

metric rate_tx
    oid 1.3.6.1.4.1.41112.1.4.5.1.9.1
    unit bit/s

metric rate_rx
    oid 1.3.6.1.4.1.41112.1.4.5.1.10.1
    unit bit/s

metric clients
    oid 1.3.6.1.4.1.41112.1.4.5.1.15.1

metric quality
    oid 1.3.6.1.4.1.41112.1.4.6.1.3.1
    unit %
    warn below 60
    crit below 40
    note M series only

metric capacity
    oid 1.3.6.1.4.1.41112.1.4.6.1.4.1
    unit %
    invalid 0
    warn below 40
    crit below 25
    note M series; 0 on airOS 8

metric airtime
    oid 1.3.6.1.4.1.41112.1.4.6.1.7.1
    unit %
    scale 0.1
    warn above 80
    crit above 95

metric temperature
    oid 1.3.6.1.4.1.41112.1.4.8.4.0
    unit C
    valid -60 .. 150
    warn above 70
    crit above 80
    note airOS 8.7.4 to 8.7.6 send 160000000

metric frequency
    oid 1.3.6.1.4.1.41112.1.4.1.1.4.1
    unit MHz

metric distance
    oid 1.3.6.1.4.1.41112.1.4.1.1.7.1
    unit m

profile ubiquiti-airfiber
title Ubiquiti airFiber
inherits generic
match 1.3.6.1.4.1.10002.1 has 1.3.6.1.4.1.41112.1.3.2
match 1.3.6.1.4.1.41112.1.3
tested recording airos-af

metric rx_power0
    oid 1.3.6.1.4.1.41112.1.3.2.1.11.1
    unit dBm
    warn below -65
    crit below -75
    history main
    ticket degraded

metric rx_power1
    oid 1.3.6.1.4.1.41112.1.3.2.1.14.1
    unit dBm
    warn below -65
    crit below -75
    ticket degraded

metric capacity_rx
    oid 1.3.6.1.4.1.41112.1.3.2.1.5.1
    unit bit/s

metric capacity_tx
    oid 1.3.6.1.4.1.41112.1.3.2.1.6.1
    unit bit/s

metric modulation
    oid 1.3.6.1.4.1.41112.1.3.2.1.2.1
    kind enum
    words 0 1/4x 1 1x 2 2x 3 3x 4 4x 5 5x 6 6x 7 7x 8 8x 9 9x 10 10x 11 11x

metric tx_frequency
    oid 1.3.6.1.4.1.41112.1.3.1.1.5.1
    unit MHz
    scale 0.001
    note kHz, though the MIB says MHz

metric temperature0
    oid 1.3.6.1.4.1.41112.1.3.2.1.8.1
    unit C
    warn above 70
    crit above 80

metric temperature1
    oid 1.3.6.1.4.1.41112.1.3.2.1.10.1
    unit C
    warn above 70
    crit above 80

metric distance
    oid 1.3.6.1.4.1.41112.1.3.2.1.4.1
    unit m

profile ubiquiti-ltu
title Ubiquiti LTU and airFiber 5XHD
inherits generic
match 1.3.6.1.4.1.10002.1 has 1.3.6.1.4.1.41112.1.10.1
match 1.3.6.1.4.1.41112.1.10
tested synthetic ltu

# Rows are the other ends, by address.
metric rx_power0
    oid 1.3.6.1.4.1.41112.1.10.1.4.1.5
    index mac.ifindex
    unit dBm
    warn below -65
    crit below -75
    history main

metric rx_power1
    oid 1.3.6.1.4.1.41112.1.10.1.4.1.6
    index mac.ifindex
    unit dBm
    warn below -65
    crit below -75

metric capacity_tx
    oid 1.3.6.1.4.1.41112.1.10.1.4.1.3
    index mac.ifindex
    unit bit/s
    scale 1000

metric capacity_rx
    oid 1.3.6.1.4.1.41112.1.10.1.4.1.4
    index mac.ifindex
    unit bit/s
    scale 1000

profile ubiquiti-af60
title Ubiquiti airFiber 60 and Wave
inherits generic
match 1.3.6.1.4.1.10002.1 has 1.3.6.1.4.1.41112.1.11.1
match 1.3.6.1.4.1.41112.1.11
tested synthetic af60

metric rssi
    oid 1.3.6.1.4.1.41112.1.11.1.3.1.3
    index mac.ifindex
    unit dBm
    warn below -62
    crit below -67
    history main

metric snr
    oid 1.3.6.1.4.1.41112.1.11.1.3.1.4
    index mac.ifindex
    unit dB

metric capacity_tx
    oid 1.3.6.1.4.1.41112.1.11.1.3.1.7
    index mac.ifindex
    unit bit/s
    scale 1000

metric capacity_rx
    oid 1.3.6.1.4.1.41112.1.11.1.3.1.8
    index mac.ifindex
    unit bit/s
    scale 1000

metric distance
    oid 1.3.6.1.4.1.41112.1.11.1.3.1.15
    index mac.ifindex
    unit m

metric remote_rssi
    oid 1.3.6.1.4.1.41112.1.11.1.3.1.18
    index mac.ifindex
    unit dBm
    warn below -62
    crit below -67

profile ubiquiti-ufiber
title Ubiquiti UISP fiber OLT
inherits generic
match 1.3.6.1.4.1.41112.1.5
tested synthetic ufiber

# Rows are the ONUs, by serial number.
metric onu_rx
    oid 1.3.6.1.4.1.41112.1.5.6.2.1.9
    index any
    unit dBm
    scale 0.01
    invalid 0
    warn below -25
    crit below -27
    rows 1024

metric onu_online
    oid 1.3.6.1.4.1.41112.1.5.6.2.1.3
    index any
    kind enum
    words 1 online 2 offline
    warn is 2
    rows 1024
