# SPDX-License-Identifier: ISC
# RouterOS of every age: the old wireless package (station and AP), wifi-qcom, 60 GHz, LTE, SFP,
# PoE, and health as scalars (small boards) or as a table of gauges (newer ones). A device answers
# for what it has. Objects: MIKROTIK-MIB of 2025-05-19.
profile mikrotik
title MikroTik RouterOS
inherits generic
match 1.3.6.1.4.1.14988
tested recording routeros
tested recording routeros_ltap-mini
tested recording routeros_station
tested synthetic mikrotik-new

metric voltage
    oid 1.3.6.1.4.1.14988.1.1.3.8.0
    unit V
    scale 0.1
    invalid 0
    warn below 11.5
    crit below 10.8
    note limits of a 12 V battery; a 24 V one is low at 23.0 and empty at 21.6
    history main
    ticket degraded

metric temperature
    oid 1.3.6.1.4.1.14988.1.1.3.10.0
    unit C
    scale 0.1
    warn above 70
    crit above 80

metric gauge_temperature
    oid 1.3.6.1.4.1.14988.1.1.3.100.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.3.100.1.2
    when 1.3.6.1.4.1.14988.1.1.3.100.1.4 is 1
    unit C
    warn above 70
    crit above 80

metric gauge_fan
    oid 1.3.6.1.4.1.14988.1.1.3.100.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.3.100.1.2
    when 1.3.6.1.4.1.14988.1.1.3.100.1.4 is 2
    unit rpm

metric gauge_voltage
    oid 1.3.6.1.4.1.14988.1.1.3.100.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.3.100.1.2
    when 1.3.6.1.4.1.14988.1.1.3.100.1.4 is 3
    unit V
    scale 0.1
    history main

metric gauge_current
    oid 1.3.6.1.4.1.14988.1.1.3.100.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.3.100.1.2
    when 1.3.6.1.4.1.14988.1.1.3.100.1.4 is 4
    unit A
    scale 0.1

metric gauge_power
    oid 1.3.6.1.4.1.14988.1.1.3.100.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.3.100.1.2
    when 1.3.6.1.4.1.14988.1.1.3.100.1.4 is 5
    unit W
    scale 0.1

metric gauge_state
    oid 1.3.6.1.4.1.14988.1.1.3.100.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.3.100.1.2
    when 1.3.6.1.4.1.14988.1.1.3.100.1.4 is 6
    kind enum
    words 0 ok 1 failed
    warn is 1

# The old wireless package, as a station.
metric signal
    oid 1.3.6.1.4.1.14988.1.1.1.1.1.4
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    invalid 0
    warn below -75
    crit below -82
    history main
    ticket degraded

metric ccq_tx
    oid 1.3.6.1.4.1.14988.1.1.1.1.1.9
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit %
    warn below 70
    crit below 50
    note a Counter32 by its type, a gauge in fact

metric ccq_rx
    oid 1.3.6.1.4.1.14988.1.1.1.1.1.10
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit %
    warn below 70
    crit below 50

metric rate_tx
    oid 1.3.6.1.4.1.14988.1.1.1.1.1.2
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit bit/s

metric rate_rx
    oid 1.3.6.1.4.1.14988.1.1.1.1.1.3
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit bit/s

# The old wireless package, as an AP. A virtual AP has neither noise nor quality of its own.
metric ap_noise
    oid 1.3.6.1.4.1.14988.1.1.1.3.1.9
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    invalid 0
    warn above -90
    crit above -80

metric ap_ccq
    oid 1.3.6.1.4.1.14988.1.1.1.3.1.10
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit %
    invalid 0
    warn below 70
    crit below 50

metric ap_clients
    oid 1.3.6.1.4.1.14988.1.1.1.3.1.6
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2

metric client_signal
    oid 1.3.6.1.4.1.14988.1.1.1.2.1.3
    index mac.ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    warn below -75
    crit below -82

# wifi-qcom has tables of its own, and none of the above.
metric wifi_signal
    oid 1.3.6.1.4.1.14988.1.1.21.4.1.6
    index mac.ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    warn below -75
    crit below -82
    history main

metric wifi_rate_tx
    oid 1.3.6.1.4.1.14988.1.1.21.4.1.9
    index mac.ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit bit/s
    note the MIB does not state the unit

metric wifi_rate_rx
    oid 1.3.6.1.4.1.14988.1.1.21.4.1.10
    index mac.ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit bit/s

metric wifi_ssid
    oid 1.3.6.1.4.1.14988.1.1.21.5.1.3
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    kind text

metric wifi_frequency
    oid 1.3.6.1.4.1.14988.1.1.21.5.1.4
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit MHz
    parse first

# 60 GHz, as the end that is connected and as the one that has stations.
metric w60g_connected
    oid 1.3.6.1.4.1.14988.1.1.1.8.1.4
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    kind enum
    words 0 disconnected 1 connected
    crit is 0

metric w60g_rssi
    oid 1.3.6.1.4.1.14988.1.1.1.8.1.12
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    invalid 0
    warn below -62
    crit below -67
    history main
    ticket degraded

metric w60g_rate
    oid 1.3.6.1.4.1.14988.1.1.1.8.1.13
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit bit/s
    scale 1000000

metric w60g_client_rssi
    oid 1.3.6.1.4.1.14988.1.1.1.9.1.9
    index any
    unit dBm
    invalid 0
    warn below -62
    crit below -67

# The row vanishes while the modem is not registered.
metric lte_rsrp
    oid 1.3.6.1.4.1.14988.1.1.16.1.1.4
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    invalid 0
    warn below -105
    crit below -115
    history main
    ticket degraded

metric lte_rsrq
    oid 1.3.6.1.4.1.14988.1.1.16.1.1.3
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dB
    warn below -14
    crit below -18

metric lte_sinr
    oid 1.3.6.1.4.1.14988.1.1.16.1.1.7
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dB
    warn below 3
    crit below -3
    ticket degraded

metric lte_rssi
    oid 1.3.6.1.4.1.14988.1.1.16.1.1.2
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    unit dBm
    invalid 0

metric lte_technology
    oid 1.3.6.1.4.1.14988.1.1.16.1.1.6
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    kind enum
    words -1 unknown 1 gsm 2 utran 4 hsdpa 7 eutran 11 nr-sa 13 nr-nsa

metric lte_cell
    oid 1.3.6.1.4.1.14988.1.1.16.1.1.5
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2

# The table's own names: its numbers are not always those of the interfaces.
metric sfp_rx_power
    oid 1.3.6.1.4.1.14988.1.1.19.1.1.10
    index any
    names 1.3.6.1.4.1.14988.1.1.19.1.1.2
    unit dBm
    scale 0.001
    invalid 0
    warn below -24
    crit below -27
    note 0 is no module, not 0 dBm
    history main
    ticket degraded

metric sfp_tx_power
    oid 1.3.6.1.4.1.14988.1.1.19.1.1.9
    index any
    names 1.3.6.1.4.1.14988.1.1.19.1.1.2
    unit dBm
    scale 0.001
    invalid 0

metric sfp_rx_loss
    oid 1.3.6.1.4.1.14988.1.1.19.1.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.19.1.1.2
    kind enum
    words 0 light 1 no-light
    crit is 1

metric poe
    oid 1.3.6.1.4.1.14988.1.1.15.1.1.3
    index any
    names 1.3.6.1.4.1.14988.1.1.15.1.1.2
    kind enum
    words 1 disabled 2 waiting-for-load 3 powered 4 overload
    crit is 4
