# SPDX-License-Identifier: ISC
# What every agent has: the system group and its interfaces. Other profiles inherit this one.
# Objects: SNMPv2-MIB, IF-MIB (RFC 3418, RFC 2863).
profile generic
title Any SNMP agent: system and interfaces
match any
tested recording routeros
tested recording airos_airos8
tested recording epmp

metric uptime
    oid 1.3.6.1.2.1.1.3.0
    unit s
    scale 0.01
    note wraps after 497 days
    history none

metric name
    oid 1.3.6.1.2.1.1.5.0
    kind text

metric description
    oid 1.3.6.1.2.1.1.1.0
    kind text

# Cables and radios, and ppp; neither loops, bridges nor tunnels. RouterOS gives interfaces other
# numbers after a reboot, so they are known by name.
metric if_oper
    oid 1.3.6.1.2.1.2.2.1.8
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    when 1.3.6.1.2.1.2.2.1.3 is 6 23 62 71 117 243 244 250
    kind enum
    words 1 up 2 down 3 testing 4 unknown 5 dormant 6 not-present 7 lower-layer-down

metric if_in
    oid 1.3.6.1.2.1.31.1.1.1.6
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    when 1.3.6.1.2.1.2.2.1.3 is 6 23 62 71 117 243 244 250
    kind counter
    unit octets
    note Counter64: not in SNMPv1
    history main

metric if_out
    oid 1.3.6.1.2.1.31.1.1.1.10
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    when 1.3.6.1.2.1.2.2.1.3 is 6 23 62 71 117 243 244 250
    kind counter
    unit octets
    history main

metric if_in_32
    oid 1.3.6.1.2.1.2.2.1.10
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    when 1.3.6.1.2.1.2.2.1.3 is 6 23 62 71 117 243 244 250
    unless if_in
    kind counter
    unit octets
    history main

metric if_out_32
    oid 1.3.6.1.2.1.2.2.1.16
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    when 1.3.6.1.2.1.2.2.1.3 is 6 23 62 71 117 243 244 250
    unless if_out
    kind counter
    unit octets
    history main

metric if_in_errors
    oid 1.3.6.1.2.1.2.2.1.14
    index ifindex
    names 1.3.6.1.2.1.2.2.1.2
    when 1.3.6.1.2.1.2.2.1.3 is 6 23 62 71 117 243 244 250
    kind counter
    unit errors
    warn above 1
    crit above 10
    ticket degraded
