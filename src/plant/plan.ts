import { ConfigError } from '#base/errors.ts'
import { listBrokers } from '#store/brokers.ts'
import type { Queryable } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { refuseOtherPlace } from './configure.ts'
import { sortedPoints } from './curves.ts'
import { type Change, difference } from './difference.ts'
import { exportPlant } from './export.ts'
import { nearest } from './core/nearest.ts'
import { checkFedBy } from './feeds.ts'
import { type NamedTag, checkFormulas } from './formulas.ts'
import { sharedOf, validateBroker } from './brokers.ts'
import { type PlantBroker, type PlantFile, parsePlantFile, placeOf } from './plant-file.ts'
import { refuseElsewhere } from './secrets.ts'
import { placed, validateDevice, validateShared, within } from './validate.ts'

/**
 * What applying a plant file would change, in the order in which it would be done. Nothing is written.
 * @param raw JSON text, or what it parses to
 * @throws ConfigError with the place of everything that cannot be
 */
export async function planPlant(db: Queryable, raw: unknown): Promise<readonly Change[]> {
  const before = await exportPlant(db)
  return difference(before, await checkPlantFile(db, raw, before))
}

/**
 * Reads a plant file and asks the driver of each device and broker about it; it has no secrets, so that an address with which one is kept
 * must stay.
 * @param before what the site is now, for the sections that the file leaves alone
 */
export async function checkPlantFile(db: Queryable, raw: unknown, before: PlantFile): Promise<PlantFile> {
  const file = parsePlantFile(raw)
  const brokers = file.brokers ?? before.brokers ?? []
  const keptBrokers = new Map((await listBrokers(db)).map((broker) => [broker.code.toLowerCase(), broker]))
  const keptDevices = new Map((await listDevices(db, 'all')).map((device) => [device.code.toLowerCase(), device]))
  for (const [index, broker] of (file.brokers ?? []).entries()) {
    const kept = keptBrokers.get(broker.code.toLowerCase())
    try {
      const shared = await sharedOf(broker.protocol)
      validateBroker(shared, broker, null)
      if (kept?.protocol === broker.protocol) within('settings', () => refuseElsewhere(shared.schema, kept, broker.settings))
    } catch (error) {
      throw placed(placeOf(['brokers', index], file), error, `${broker.code}: `)
    }
  }
  for (const [index, device] of (file.devices ?? []).entries()) {
    const kept = keptDevices.get(device.code.toLowerCase())
    try {
      await validateDevice(device.protocol, device.connection, device.tags, null)
      await validateShared(device.protocol, device.connection, codesOf(brokers, device.protocol))
      if (kept?.protocol === device.protocol) await refuseOtherPlace(kept, device.connection)
      checkFedBy(device, file.devices ?? [])
    } catch (error) {
      throw placed(placeOf(['devices', index], file), error, `${device.code}: `)
    }
  }
  checkCurves(file, before)
  checkNames(file)
  checkRoute(file, before)
  if (file.brokers !== undefined && file.devices === undefined) {
    // devices that the file leaves alone still need theirs
    for (const device of before.devices ?? []) {
      try {
        await validateShared(device.protocol, device.connection, codesOf(brokers, device.protocol))
      } catch (error) {
        throw placed('brokers', error, `${device.code}: `)
      }
    }
  }
  return file
}

/** Curves make lines, and every rule finds the curve that it names. */
function checkCurves(file: PlantFile, before: PlantFile): void {
  const curves = file.curves ?? before.curves ?? []
  for (const [index, curve] of (file.curves ?? []).entries()) {
    try {
      sortedPoints(curve.points)
    } catch (error) {
      throw placed(placeOf(['curves', index], file), error, `${curve.name}: `)
    }
  }
  const names = new Set(curves.map((curve) => curve.name.toLowerCase()))
  const devices = file.devices ?? before.devices ?? []
  for (const [at, device] of devices.entries()) {
    for (const [tagAt, tag] of device.tags.entries()) {
      for (const [ruleAt, rule] of tag.rules.entries()) {
        if (rule.curve === '' || names.has(rule.curve.toLowerCase())) continue
        const place = file.devices === undefined ? 'curves' : placeOf(['devices', at, 'tags', tagAt, 'rules', ruleAt, 'curve'], file)
        throw new ConfigError(place, `${rule.name}: there is no curve ${rule.curve}.`, { remedy: 'Add it to the section curves.' })
      }
    }
  }
}

/** What formulas and rules say of other tags holds for the site as the file would make it. */
function checkNames(file: PlantFile): void {
  if (file.devices === undefined) return
  const placeOfName = new Map<string, readonly (string | number)[]>()
  const all = file.devices.flatMap((device, at) =>
    device.tags.map((tag, tagAt): NamedTag => {
      const name = `${device.code}:${tag.name}`
      placeOfName.set(name, ['devices', at, 'tags', tagAt])
      return { name, formula: tag.formula }
    }),
  )
  checkFormulas(all, all, (tag, error) => placed(placeOf(placeOfName.get(tag.name) ?? [], file), error, `${tag.name}: `))
  const known = new Set(all.map((tag) => tag.name.toLowerCase()))
  for (const [at, device] of file.devices.entries()) {
    for (const [tagAt, tag] of device.tags.entries()) {
      for (const [ruleAt, rule] of tag.rules.entries()) {
        for (const field of ['xTag', 'suppressTag'] as const) {
          if (rule[field] === '' || known.has(rule[field].toLowerCase())) continue
          const place = placeOf(['devices', at, 'tags', tagAt, 'rules', ruleAt, field], file)
          throw new ConfigError(place, `${rule.name}: there is no tag ${rule[field]}.`, { remedy: 'Write it as Device:Tag.' })
        }
      }
    }
  }
}

/** Troubles of the system go to somebody who is there. */
function checkRoute({ messaging, chains, contactGroups }: PlantFile, before: PlantFile): void {
  const route = messaging?.systemAlarms
  if (route === undefined || route.to === 'contacts') return
  const known = (route.to === 'group' ? (contactGroups ?? before.contactGroups) : (chains ?? before.chains)) ?? []
  if (known.some((one) => one.name.toLowerCase() === route.name.toLowerCase())) return
  const meant = nearest(
    route.name,
    known.map((one) => one.name),
  )
  throw new ConfigError('messaging.systemAlarms.name', `messaging.systemAlarms.name: there is no ${route.to} ${route.name}.`, {
    remedy: meant === undefined ? 'Name one that the file or the site has.' : `Did you mean ${meant}?`,
  })
}

function codesOf(brokers: readonly PlantBroker[], protocol: string): string[] {
  return brokers.filter((broker) => broker.protocol === protocol).map((broker) => broker.code)
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
