import type { Queryable } from '#store/database.ts'
import { type Change, difference } from './difference.ts'
import { exportPlant } from './export.ts'
import { type PlantFile, parsePlantFile, placeOf } from './plant-file.ts'
import { placed, validateDevice } from './validate.ts'

/**
 * What applying a plant file would change, in the order in which it would be done. Nothing is written.
 * @param raw JSON text, or what it parses to
 * @throws ConfigError with the place of everything that cannot be
 */
export async function planPlant(db: Queryable, raw: unknown): Promise<readonly Change[]> {
  const file = await checkPlantFile(raw)
  return difference(await exportPlant(db), file)
}

/** Reads a plant file and asks the driver of each device about it. */
export async function checkPlantFile(raw: unknown): Promise<PlantFile> {
  const file = parsePlantFile(raw)
  for (const [index, device] of (file.devices ?? []).entries()) {
    try {
      await validateDevice(device.protocol, device.connection, device.tags)
    } catch (error) {
      throw placed(placeOf(['devices', index], file), error, `${device.code}: `)
    }
  }
  return file
}

/** @returns the plan as text, one change a line with its fields below */
export function renderPlan(changes: readonly Change[]): string {
  if (changes.length === 0) return 'Nothing to change.\n'
  const sign = { add: '+', change: '~', remove: '-' } as const
  const count = (action: Change['action']): number => changes.filter((change) => change.action === action).length
  const lines = changes.flatMap((change) => [
    `${sign[change.action]} ${change.object}`,
    ...(change.action === 'change'
      ? change.fields.map((field) => `    ${field.field}: ${render(field.before)} -> ${render(field.after)}`)
      : []),
  ])
  return `${lines.join('\n')}\n\n${count('add')} to add, ${count('change')} to change, ${count('remove')} to remove.\n`
}

function render(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value)
}
