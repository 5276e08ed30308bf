import { join } from 'node:path'
import { z } from 'zod'
import type { DevicePlan, SessionContext } from '../driver.ts'
import type { CsvConfig, CsvPoint } from './config.ts'
import { Ledger } from './ledger.ts'
import { openPlace, placeOf, type Roots } from './place.ts'
import { Scanner } from './scanner.ts'
import { PROCESSED } from './session.ts'
import { sweep } from './sweep.ts'

const DAY_MILLIS = 86_400_000

const bodyShape = z.strictObject({ olderThanDays: z.number().min(1).max(36_500) })

/**
 * Sweeps a device's folder once, as the retention of the site asks for: see {@link sweep}. The ledger keeps its rows.
 * @throws Error of the file system, ConfigError for a folder outside the roots
 */
export async function sweepAction(
  plan: DevicePlan<CsvConfig, CsvPoint>,
  body: unknown,
  context: SessionContext,
  roots: Roots,
): Promise<{ deleted: number }> {
  const { olderThanDays } = bodyShape.parse(body)
  const folder = await openPlace(placeOf(plan.config.folder, plan.device.code, roots), roots)
  const before = context.clock.now() / 1000 - olderThanDays * DAY_MILLIS
  const scanner = new Scanner(plan.config.files, context.clock)
  const deleted = await sweep([folder, join(folder, PROCESSED)], new Ledger(context), before, scanner, context.signal)
  if (deleted.length > 0) context.log.info('csv.files_deleted', { device: plan.device.code, count: deleted.length, first: deleted[0] })
  return { deleted: deleted.length }
}
