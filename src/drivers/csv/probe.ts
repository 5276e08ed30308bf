import { access, constants } from 'node:fs/promises'
import { asError, ConfigError, SyncTideError } from '#base/errors.ts'
import type { DevicePlan, ProbeReport, ProbeStep, SessionContext } from '../driver.ts'
import { ProbeSteps } from '../probe-steps.ts'
import type { CsvConfig, CsvPoint } from './config.ts'
import { findColumn } from './core/layout.ts'
import type { Preview } from './core/preview.ts'
import { listFiles, otherFiles, type ListedFile } from './folder-files.ts'
import { lookedThroughText } from './look-through.ts'
import { openPlace, placeOf, unreachable, type Roots } from './place.ts'
import { previewFile } from './show-file.ts'

type Plan = DevicePlan<CsvConfig, CsvPoint>

/** Test Connection of a folder, step by step: is it there, may it be read and written, what lies in it, what the newest file holds. */
export async function probeFolder(
  plan: Plan,
  context: SessionContext,
  roots: Roots,
  onStep: (step: ProbeStep) => void,
): Promise<ProbeReport> {
  const steps = new ProbeSteps(context.clock, onStep)
  const folder = await steps.run('folder', async () => {
    const real = await openPlace(placeOf(plan.config.folder, plan.device.code, roots), roots)
    return [`${real} is there`, real]
  })
  const files = folder === undefined ? undefined : await steps.run('list', async () => await listed(plan, folder, context))
  if (folder === undefined || files === undefined) return { ok: false, steps: steps.all, values: [] }
  const writable = await steps.run('write', async () => [await tryWrite(folder, plan.config), true])
  const [newest] = files
  if (newest === undefined) return { ok: writable === true, steps: steps.all, values: [] }
  const shown = await steps.run('read', async () => await read(plan, folder, newest, context))
  return { ok: shown !== undefined && writable === true, steps: steps.all, values: shown === undefined ? [] : valuesOf(plan, shown) }
}

async function listed(plan: Plan, folder: string, context: SessionContext): Promise<readonly [string, ListedFile[]]> {
  const files = await listFiles(folder, plan.config.files, context.clock)
  const [newest] = files
  if (newest === undefined) {
    const others = await otherFiles(folder, plan.config.files, context.clock)
    const none = `No file fits ${plan.config.files} yet`
    return [
      others.count === 0 ? `${none}; the folder is empty` : `${none}, but ${others.count} others lie here, such as ${others.example}`,
      [],
    ]
  }
  const when = Temporal.Instant.fromEpochMilliseconds(Math.floor(newest.mtime)).toString()
  return [`${files.length} ${files.length === 1 ? 'file' : 'files'}; the newest is ${newest.name} of ${when}, ${newest.size} bytes`, files]
}

async function tryWrite(folder: string, config: CsvConfig): Promise<string> {
  try {
    await access(folder, constants.W_OK)
    return 'Malformed rows can be set aside here'
  } catch (error) {
    if (config.afterwards === 'leave' && config.deleteAfterDays === 0) {
      return 'The folder may not be written: malformed rows are told in the log, but cannot be set aside here'
    }
    throw unreachable(folder, asError(error))
  }
}

async function read(plan: Plan, folder: string, newest: ListedFile, context: SessionContext): Promise<readonly [string, Preview]> {
  const { shown, looked } = await previewFile(plan, folder, newest, context).catch((error: unknown) => {
    throw error instanceof SyncTideError ? error : unreachable(newest.name, asError(error))
  })
  const { structure } = shown
  if (!shown.ok || structure === null) {
    throw new ConfigError('', `${newest.name}: ${shown.problem ?? 'it cannot be read'}`, { remedy: shown.remedy ?? 'Look at the preview.' })
  }
  if (looked !== null && looked.bad * 100 > looked.rows * plan.config.maxBadPercent) {
    throw new ConfigError('', `${newest.name}: ${lookedThroughText(looked)}; more than the ${plan.config.maxBadPercent} % allowed`, {
      remedy: 'It would be refused as a whole: look at the preview, put right what reads it wrong here, or correct the file.',
    })
  }
  const parts = [
    `${shown.encoding}, ${structure.layout}, ${shown.columns.length} columns, times ${structure.dateProof} in ${shown.timeZone}, decimal ${structure.decimal === ',' ? 'comma' : 'point'}`,
    ...(looked === null ? [] : [lookedThroughText(looked)]),
    ...(shown.missing.length === 0 ? [] : [`no column for ${shown.missing.slice(0, 5).join(', ')}`]),
    ...shown.warnings,
  ]
  return [`${newest.name}: ${parts.join('; ')}`, shown]
}

function valuesOf(plan: Plan, { columns, structure }: Preview): ProbeReport['values'] {
  const names = columns.map((column) => column.name)
  return plan.points.map(({ tag, point }) => {
    const column =
      columns[findColumn(names, point.column)] ??
      columns[names.indexOf(structure?.header[findColumn(structure.header, point.column)] ?? '')]
    const good = column !== undefined && column.value !== null
    const problem = column === undefined ? `There is no column "${point.column}"` : good ? null : 'The column is empty'
    return { tagName: tag.name, value: column?.value ?? '', good, problem }
  })
}
