-- SPDX-License-Identifier: ISC
-- 0029_evidence_history: what earlier outages of a site were proven to be is evidence, too.

alter table kentongan.outage_evidence
    drop constraint outage_evidence_source_check,
    add constraint outage_evidence_source_check
        check (source in ('trap', 'boot', 'ping', 'parent', 'feeder', 'ups', 'reading', 'radio', 'optics', 'history'));
