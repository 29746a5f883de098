# SPDX-License-Identifier: ISC
# Objects: GENSTAR. Numbers are texts. No limits: the system's voltage may be 12, 24 or 48 V.
profile morningstar-genstar
title Morningstar GenStar solar charger
inherits generic
match 1.3.6.1.4.1.33333
match any has 1.3.6.1.4.1.33333.10
tested synthetic genstar

metric battery_voltage
    oid 1.3.6.1.4.1.33333.10.30.0
    unit V
    history main

metric charge_current
    oid 1.3.6.1.4.1.33333.10.34.0
    unit A

metric array_voltage
    oid 1.3.6.1.4.1.33333.10.95.0
    unit V

metric charge_state
    oid 1.3.6.1.4.1.33333.10.39.0
    kind enum

metric battery_charge
    oid 1.3.6.1.4.1.33333.10.41.0
    unit %
    warn below 50
    crit below 25
    note nan without a shunt
    history main
