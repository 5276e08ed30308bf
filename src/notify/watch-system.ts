import { setTimeout as delay } from 'node:timers/promises'
import { asError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import { openKey } from '#host/secrets.ts'
import { engineAgeSeconds } from '#store/alarms.ts'
import type { Database } from '#store/database.ts'
import { systemTold } from '#store/messaging.ts'
import { lastEventOf, raiseSystem } from '#store/system-events.ts'
import { beginWatch, nextWatch, notTold, type Look, type SystemWatch, type Trouble, type WatchStep } from './core/system-watch.ts'
import { markTold, readEmergencyContacts, wasTold, writeEmergencyCopy } from './emergency-copy.ts'

export interface WatchContext {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly dataFolder: string
  /** Tells people without the database. @returns whether somebody was told, or there is nobody to tell */
  readonly tell: (what: Trouble | 'over', since: Micros) => Promise<boolean>
}

const LOOK_MILLIS: Millis = 5000
/** A database that does not answer so long is away. */
const ANSWER_MILLIS: Millis = 4000
const CODE = 'alarm.engine_silent'

/**
 * Sees from outside whether alarms are judged: the supervisor's own eye on engine and database. While all is well it keeps the copy of
 * whom to tell, and how. Looks every 5 s until it is disposed.
 */
export function watchSystem(context: WatchContext): AsyncDisposable {
  const stop = new AbortController()
  const ended = watch(context, stop.signal)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

async function watch(context: WatchContext, signal: AbortSignal): Promise<void> {
  const { clock, log } = context
  let state = beginWatch(clock.mono(), wasTold(context.dataFolder))
  let copied = ''
  for (;;) {
    await delay(LOOK_MILLIS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      const seen = await look(context)
      state = await act(context, nextWatch(state, seen), seen)
      if (!seen.databaseUp) continue
      const copy = await readEmergencyContacts(context.db)
      if (JSON.stringify(copy) === copied) continue
      writeEmergencyCopy(context.dataFolder, openKey(context.dataFolder), copy)
      copied = JSON.stringify(copy)
    } catch (error) {
      log.warn('supervisor.watch_interrupted', { error: asError(error) })
    }
  }
}

async function look({ db, clock }: WatchContext): Promise<Look> {
  const answer = engineAgeSeconds(db).then(
    (engineAgeSeconds) => ({ databaseUp: true, engineAgeSeconds }),
    () => AWAY,
  )
  const seen = await Promise.race([answer, delay(ANSWER_MILLIS, AWAY, { ref: false })])
  return { at: clock.mono(), ...seen }
}

const AWAY = { databaseUp: false, engineAgeSeconds: null } as const

async function act(context: WatchContext, { watch, record, tell }: WatchStep, seen: Look): Promise<SystemWatch> {
  const { log, clock, dataFolder } = context
  const begun = tell === 'database' ? (watch.awaySince ?? watch.since) : watch.since
  const since: Micros = clock.now() - Math.round((seen.at - begun) * 1000)
  if (record !== null) await putOnRecord(context, record, since)
  if (tell === null) return watch
  // notify lives, and said so already
  if (tell === 'engine' && (await systemTold(context.db, CODE, since))) return watch
  if (tell === 'over' && !wasTold(dataFolder)) return watch
  log.error('supervisor.emergency', { what: tell, since })
  if (!(await context.tell(tell, since))) return tell === 'over' ? watch : notTold(watch)
  markTold(dataFolder, tell !== 'over')
  return watch
}

/** Once for each silence, whichever supervisor sees it, and whether or not one was started anew meanwhile. */
async function putOnRecord({ db, clock }: WatchContext, record: 'silent' | 'back', since: Micros): Promise<void> {
  await db.transaction(async (tx) => {
    const silent = (await lastEventOf(tx, CODE))?.severity === 'critical'
    if (silent === (record === 'silent')) return
    const seconds = Math.round((clock.now() - since) / 1_000_000)
    if (record === 'back') return await raiseSystem(tx, { code: CODE, severity: 'info' })
    await raiseSystem(tx, { code: CODE, severity: 'critical', detail: { seconds } })
  })
}
