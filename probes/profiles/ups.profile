# SPDX-License-Identifier: ISC
# Objects: UPS-MIB (RFC 1628), PowerNet-MIB, XPPC-MIB. On battery means that the mains is away.
profile ups-rfc1628
title UPS with the standard MIB (RFC 1628)
inherits generic
match any has 1.3.6.1.2.1.33.1
match 1.3.6.1.2.1.33
tested synthetic ups-rfc1628
trap 1.3.6.1.2.1.33.2.1 power_lost
trap 1.3.6.1.2.1.33.2.0.1 power_lost

metric source
    oid 1.3.6.1.2.1.33.1.4.1.0
    kind enum
    words 1 other 2 none 3 normal 4 bypass 5 battery 6 booster 7 reducer
    warn is 4
    crit is 2 5

metric battery_state
    oid 1.3.6.1.2.1.33.1.2.1.0
    kind enum
    words 1 unknown 2 normal 3 low 4 depleted
    warn is 3
    crit is 4

metric minutes_left
    oid 1.3.6.1.2.1.33.1.2.3.0
    unit min
    warn below 30
    crit below 10

metric charge
    oid 1.3.6.1.2.1.33.1.2.4.0
    unit %
    valid 0 .. 100
    warn below 50
    crit below 25
    history main

metric battery_voltage
    oid 1.3.6.1.2.1.33.1.2.5.0
    unit V
    scale 0.1
    invalid 0
    history main

metric input_voltage
    oid 1.3.6.1.2.1.33.1.3.3.1.3
    index any
    unit V
    history main

profile ups-delta
title Delta UPS
inherits ups-rfc1628
match 1.3.6.1.4.1.2254
tested synthetic ups-delta

metric input_voltage
    oid 1.3.6.1.2.1.33.1.3.3.1.3
    index any
    unit V
    scale 0.1
    note tenths, against RFC 1628
    history main

profile ups-apc
title APC Smart-UPS
inherits generic
match 1.3.6.1.4.1.318
tested recording apc_sua750i
trap 1.3.6.1.4.1.318.0.5 power_lost
trap 1.3.6.1.4.1.318.0.7 battery_low
trap 1.3.6.1.4.1.318.0.9 power_back

metric status
    oid 1.3.6.1.4.1.318.1.1.1.4.1.1.0
    kind enum
    words 1 unknown 2 on-line 3 on-battery 4 smart-boost 5 timed-sleeping 6 software-bypass
    words 7 off 8 rebooting 9 switched-bypass 10 hardware-bypass 11 sleeping 12 smart-trim
    warn is 6 9
    crit is 3 7 10 11

metric runtime
    oid 1.3.6.1.4.1.318.1.1.1.2.2.3.0
    unit s
    scale 0.01
    warn below 1800
    crit below 600

metric charge
    oid 1.3.6.1.4.1.318.1.1.1.2.3.1.0
    unit %
    scale 0.1
    warn below 50
    crit below 25
    history main

metric battery_voltage
    oid 1.3.6.1.4.1.318.1.1.1.2.3.4.0
    unit V
    scale 0.1
    history main

metric battery_replace
    oid 1.3.6.1.4.1.318.1.1.1.2.2.4.0
    kind enum
    words 1 good 2 replace
    warn is 2

metric temperature
    oid 1.3.6.1.4.1.318.1.1.1.2.3.2.0
    unit C
    scale 0.1
    warn above 45
    crit above 55

metric input_voltage
    oid 1.3.6.1.4.1.318.1.1.1.3.3.1.0
    unit V
    scale 0.1
    history main

metric load
    oid 1.3.6.1.4.1.318.1.1.1.4.3.3.0
    unit %
    scale 0.1
    warn above 80
    crit above 95

profile ups-megatec
title UPS with a Megatec or NetAgent card
inherits generic
match 1.3.6.1.4.1.935
tested synthetic ups-megatec
trap 1.3.6.1.4.1.935.0.5 power_lost
trap 1.3.6.1.4.1.935.0.7 battery_low
trap 1.3.6.1.4.1.935.0.9 power_back

metric status
    oid 1.3.6.1.4.1.935.1.1.1.4.1.1.0
    kind enum
    words 2 on-line 3 on-battery 6 on-bypass 8 standby
    warn is 6 8
    crit is 3

metric battery_voltage
    oid 1.3.6.1.4.1.935.1.1.1.2.2.2.0
    unit V
    scale 0.1
    invalid 0
    history main

metric charge
    oid 1.3.6.1.4.1.935.1.1.1.2.2.1.0
    unit %
    valid 0 .. 100
    warn below 50
    crit below 25
    history main
