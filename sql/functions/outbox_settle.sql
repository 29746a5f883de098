-- SPDX-License-Identifier: ISC
-- outbox_settle: what became of a leased message: delivered (2xx), retry (at p_retry_at), dead (the schedule is at its
-- end), gone (410: the endpoint is disabled and its queue is dead). The attempt is logged. A retry that a newer message
-- of the same ticket and endpoint has overtaken is superseded. False, and nothing changes: the lease is another's by now.
create function kentongan.outbox_settle(p_id bigint, p_node text, p_how text, p_attempt int, p_http_status int,
                                        p_reason text, p_took_ms bigint, p_started timestamptz,
                                        p_retry_at timestamptz, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    n notification;
begin
    -- Locks in the order of everybody else: endpoint, ticket, message.
    perform from endpoint e join notification x on x.endpoint = e.endpoint
      where x.id = p_id and p_how = 'gone' for no key update of e;
    perform from ticket t join notification x on x.ticket = t.id
      where x.id = p_id and p_how = 'delivered' and t.notified_at is null for no key update of t;
    select * into n from notification
     where id = p_id and state = 'leased' and leased_by = p_node and attempt = p_attempt for update;
    if not found then
        return false;
    end if;

    insert into notification_attempt (notification, attempt, node, started_at, took_ms, http_status, outcome, reason)
    values (n.id, p_attempt, p_node, p_started, p_took_ms, nullif(p_http_status, 0), p_how, p_reason);
    update notification
       set state = case p_how when 'delivered' then 'delivered' when 'retry' then 'queued' else 'dead' end,
           settled_at = case when p_how <> 'retry' then p_now end,
           next_at = case when p_how = 'retry' then p_retry_at else next_at end,
           leased_by = null, leased_until = null, reason = p_reason
     where id = n.id;

    if p_how = 'delivered' then
        update ticket set notified_at = p_now where id = n.ticket and notified_at is null;
    elsif p_how = 'gone' then
        perform endpoint_disable(n.endpoint, p_reason, p_now);
    elsif p_how = 'retry' then
        perform outbox_overtaken(n, p_now);
    end if;
    return true;
end $$;
grant execute on function kentongan.outbox_settle(bigint, text, text, int, int, text, bigint, timestamptz,
                                                  timestamptz, timestamptz) to kentongan_app;
