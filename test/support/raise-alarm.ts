import type { Database } from '#store/database.ts'

/** An alarm as the alarm engine commits it: the occurrence and its intent in one transaction. */
export async function raiseAlarm(db: Database, deviceId: number, severity = 'critical'): Promise<{ id: number; number: number }> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.query<{ id: number; number: number }>(
      `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at)
       values ((select coalesce(max(display_number), 999) + 1 from alarm_events), 1, 'threshold', $1, 'PS-01', 'Level high', $2, now())
       returning id, display_number as number`,
      [deviceId, severity],
    )
    await tx.query(`insert into outbox (kind, alarm_event_id) values ('raised', $1)`, [row?.id])
    await tx.query(`select pg_notify('outbox', '')`)
    return row ?? { id: 0, number: 0 }
  })
}
