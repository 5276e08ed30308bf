import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import { backupOwedSince } from '#store/backups.ts'
import type { Database } from '#store/database.ts'
import { readSettings } from '#store/settings.ts'
import { lastEventOf, raiseSystem } from '#store/system-events.ts'

/** A night and a morning: by then somebody should have noticed. */
const OVERDUE: Micros = 36 * 3_600_000_000

/** Tells people of a trouble with backups, and that it is over; what they know is not told again. */
export async function tellBackup(db: Database, code: string, severity: Severity, detail: Readonly<Record<string, unknown>>): Promise<void> {
  const known = (await lastEventOf(db, code))?.severity ?? 'info'
  if (severity === 'info' && known === 'info') return
  await db.transaction((tx) => raiseSystem(tx, { code, severity, detail }))
}

/** Where backups are taken by night: whether none has become good for too long. A database younger than that owes none yet. */
export async function watchBackups(db: Database, now: Micros): Promise<void> {
  if (!(await readSettings(db)).backup.enabled) return
  const last = await backupOwedSince(db)
  if (last === undefined || now - last < OVERDUE) return
  const known = (await lastEventOf(db, 'keeper.backup_overdue'))?.severity ?? 'info'
  if (known === 'info') await tellBackup(db, 'keeper.backup_overdue', 'critical', { hours: Math.floor((now - last) / 3_600_000_000) })
}
