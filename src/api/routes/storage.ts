import { nextNightly } from '#calc/nightly.ts'
import { RETENTION_STEPS } from '#domain/retention.ts'
import { lastRun } from '#store/nightly-runs.ts'
import { retentionEffects } from '#store/retention-effect.ts'
import { readSettings, saveSettings } from '#store/settings.ts'
import type { Handlers } from '../handlers.ts'

type Keys = 'GET /api/retention' | 'PUT /api/retention'

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
}
