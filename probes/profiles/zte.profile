# SPDX-License-Identifier: ISC
# The ONU tables' MIB (ZXGPON) is not public: verify on site. Cards: ZTE-AN-CHASSIS-MIB,
# ZTE-AN-ENVMON-MIB.
profile zte-olt
title ZTE C300 and C320 OLT
inherits generic
match 1.3.6.1.4.1.3902
tested synthetic zte-c320

metric onu_rx
    oid 1.3.6.1.4.1.3902.1012.3.50.12.1.1.10
    index any
    unit dBm
    scale 0.002
    offset -30
    parse signed16
    invalid 65535
    warn below -25
    crit below -27
    rows 2048

metric onu_phase
    oid 1.3.6.1.4.1.3902.1012.3.28.2.1.4
    index any
    kind enum
    words 3 working 4 working
    rows 2048
    note 3 or 4 by firmware

metric onu_last_down
    oid 1.3.6.1.4.1.3902.1012.3.28.2.1.7
    index any
    kind enum
    rows 2048

metric card_cpu
    oid 1.3.6.1.4.1.3902.1082.10.1.2.4.1.9
    index any
    unit %
    warn above 80
    crit above 95

metric card_voltage
    oid 1.3.6.1.4.1.3902.1082.10.10.2.1.6.1.4
    index any
    unit V
    scale 0.001
    invalid 0
    history main
