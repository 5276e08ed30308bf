-- A latched alarm says since when its value is back: until then it read as if it still stood.

alter table alarm_events
  add column returned_at timestamptz,
  add column value_at_return double precision,
  -- beyond the limit again before anybody reset it
  add column resumed_at timestamptz;

update alarm_events e set returned_at = greatest(e.raised_at, to_timestamp((s.state #>> '{state,lastAt}')::float8 / 1000000))
from alarm_states s where s.event_id = e.id and s.condition = 'latched' and e.cleared_at is null;

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (kind in ('raised', 'cleared', 'returned', 'acknowledged', 'system'));
