# SPDX-License-Identifier: ISC
# V1600D: onuOpmDiag. Verify on site.
profile vsol-olt
title VSOL EPON OLT
inherits generic
match 1.3.6.1.4.1.37950
tested synthetic vsol

metric onu_rx
    oid 1.3.6.1.4.1.37950.1.1.5.12.2.1.8.1.7
    index any
    unit dBm
    warn below -25
    crit below -27
    rows 1024
    note a text, with its unit by firmware
