/* SPDX-License-Identifier: ISC */
#include "probes/trap_name.h"

enum trap_kind trap_name(const struct profiles *profiles, const struct oid *oid)
{
    static const enum trap_kind kinds[PROFILE_SENSE_END] = {
        [PROFILE_POWER_LOST] = TRAP_POWER_LOST, [PROFILE_POWER_BACK] = TRAP_POWER_BACK,
        [PROFILE_BATTERY_LOW] = TRAP_POWER_LOW, [PROFILE_DYING_GASP] = TRAP_DYING_GASP,
        [PROFILE_LINK_LOST] = TRAP_LINK_LOST,   [PROFILE_LINK_BACK] = TRAP_LINK_BACK,
    };
    enum profile_sense sense;

    return profiles != NULL && profiles_trap(profiles, oid->at, oid->bytes, &sense) ? kinds[sense]
                                                                                    : TRAP_OTHER;
}
