import { setTimeout as delay } from 'node:timers/promises'
import { StoreError, asError } from '#base/errors.ts'
import { holdLock } from '#store/advisory-lock.ts'
import { AlarmEngine, type EngineOptions } from './engine.ts'

const RETRY_MILLIS = 500

/**
 * Judges every delivery of every source until the signal aborts. Only one engine of a database judges; the others wait. Whatever
 * goes wrong, the engine begins again from what is stored, which is always whole: nothing is judged twice, nothing is missed.
 */
export async function runAlarmEngine(options: EngineOptions): Promise<void> {
  const { db, log, signal } = options
  let waiting = false
  while (!signal.aborted) {
    try {
      await using lock = await holdLock(db, 'alarm', signal)
      log.info('alarm.engine_started', { epoch: lock.epoch })
      waiting = false
      await using engine = await AlarmEngine.open(options, lock.epoch)
      await engine.run(AbortSignal.any([signal, lock.lost]))
    } catch (thrown) {
      if (signal.aborted) return
      const error = asError(thrown)
      const away = error instanceof StoreError && error.retriable
      // once an outage is enough
      if (!away || !waiting) log.warn('alarm.engine_interrupted', { error })
      waiting = away
      await delay(RETRY_MILLIS, undefined, { signal }).catch(() => undefined)
    }
  }
}
