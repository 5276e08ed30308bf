import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nextNightly } from '#calc/nightly.ts'
import { RETENTION_STEPS } from '#domain/retention.ts'
import { seal } from '#host/secrets.ts'
import { BACKUP_REQUEST } from '#keeper/answer-backups.ts'
import { readStorage } from '#keeper/read-storage.ts'
import { importHistory } from '#plant/history/import-history.ts'
import { listBackups } from '#store/backups.ts'
import { lastRun } from '#store/nightly-runs.ts'
import { retentionEffects } from '#store/retention-effect.ts'
import { createRequest } from '#store/requests.ts'
import { type BackupSettings, readSettings, saveSettings } from '#store/settings.ts'
import type { Handlers } from '../handlers.ts'

type Keys =
  | 'GET /api/retention'
  | 'PUT /api/retention'
  | 'GET /api/storage'
  | 'GET /api/backups'
  | 'PUT /api/backups'
  | 'POST /api/backups'
  | 'POST /api/history/import'

const BACKUPS_TOLD = 30
const WAITS_SECONDS = 60
const IMPORT_MILLIS = 600_000
const UNKNOWN_TOLD = 100

/** What is kept, for how long, and where. */
export const storageRoutes: Handlers<Keys> = {
  'GET /api/retention': async (_input, { db, clock }) => {
    const { site, retention } = await readSettings(db)
    const last = await lastRun(db, 'retention')
    return {
      policy: retention,
      nextRun: nextNightly(clock.now(), site.timeZone),
      lastRun: last === undefined ? null : { dueAt: last.dueAt, endedAt: last.endedAt, report: { ...last.report } },
      ...(await retentionEffects(db, clock.now(), site.timeZone, RETENTION_STEPS)),
    }
  },

  'PUT /api/retention': async ({ body }, { db, note }) => {
    const { retention } = await readSettings(db)
    await saveSettings(db, { retention: body })
    note({ object: 'retention', before: retention, after: body })
    return {}
  },

  'GET /api/storage': async (_input, { db, dataFolder, clock }) => await readStorage(db, dataFolder, clock.now()),

  'GET /api/backups': async (_input, { db, clock }) => {
    const { site, backup } = await readSettings(db)
    return {
      enabled: backup.enabled,
      keep: backup.keep,
      encrypted: backup.passphrase !== null,
      nextRun: nextNightly(clock.now(), site.timeZone),
      backups: (await listBackups(db, BACKUPS_TOLD)).map(({ schemaVersion: _, detail, ...one }) => ({ ...one, detail: { ...detail } })),
    }
  },

  'PUT /api/backups': async ({ body: { enabled, keep, key: given } }, { db, key, note }) => {
    const { backup } = await readSettings(db)
    const passphrase = given === undefined ? backup.passphrase : given === '' ? null : Buffer.from(seal(key, given)).toString('base64')
    await saveSettings(db, { backup: { enabled, keep, passphrase } })
    const told = (one: BackupSettings): object => ({ enabled: one.enabled, keep: one.keep, encrypted: one.passphrase !== null })
    note({ object: 'backups', before: told(backup), after: { ...told({ enabled, keep, passphrase }), keyChanged: given !== undefined } })
    return {}
  },

  'POST /api/backups': async (_input, { db, note }) => {
    await createRequest(db, BACKUP_REQUEST, WAITS_SECONDS)
    note({ object: 'backup' })
    return {}
  },

  'POST /api/history/import': async ({ body }, { db, dataFolder, clock, note }) => {
    const { name, content, device, dates, timeZone, dryRun } = body
    const folder = join(dataFolder, 'imports')
    const path = join(folder, `${randomUUID()}.csv`)
    await mkdir(folder, { recursive: true })
    await writeFile(path, Buffer.from(content, 'base64'), { mode: 0o600 })
    try {
      const signal = AbortSignal.timeout(IMPORT_MILLIS)
      const settings = { dateFormat: dates }
      const report = await importHistory(db, { path, deviceCode: device, settings, timeZone, dryRun, from: null, now: clock.now(), signal })
      const { badLines, unknown, ...figures } = report
      note(dryRun ? null : { object: `history of ${name}`, after: { ...figures, unknown: unknown.length } })
      return { ...figures, badLines: [...badLines], unknown: unknown.slice(0, UNKNOWN_TOLD) }
    } finally {
      await rm(path, { force: true })
    }
  },
}
