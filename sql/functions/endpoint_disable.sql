-- SPDX-License-Identifier: ISC
-- endpoint_disable: the receiver said that it is gone. Nothing more is owed to it, what waits goes to the dead letters.
-- Importing it with another url or secret enables it again.
create function kentongan.endpoint_disable(p_endpoint text, p_reason text, p_now timestamptz) returns void
language sql set search_path = kentongan, pg_temp as $$
    update endpoint set disabled_at = p_now, disabled_reason = p_reason
     where endpoint = p_endpoint and disabled_at is null;
    update notification set state = 'dead', settled_at = p_now, reason = 'the endpoint is disabled: ' || p_reason
     where endpoint = p_endpoint and state = 'queued';
$$;
