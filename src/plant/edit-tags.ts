import { ConfigError, NotFound } from '#base/errors.ts'
import { plainIssue } from '#base/plain-issue.ts'
import type { Device, Tag } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Driver } from '#drivers/driver.ts'
import { lockConfiguration } from '#store/config-version.ts'
import type { Database } from '#store/database.ts'
import { findDevice } from '#store/devices.ts'
import { deleteTags, insertTags, listTags, updateTags } from '#store/tags.ts'
import { tagShape, type TagBody } from './shapes.ts'
import { driverOf, parseConnection } from './validate.ts'

/** What somebody did in the table of a device's tags. */
export interface TagEdit {
  /** New and changed rows in the order of the table; `id` null is new. The tag is checked here, all rows at once. */
  readonly rows: readonly { readonly id: number | null; readonly tag: Readonly<Record<string, unknown>> }[]
  readonly remove: readonly number[]
}

/** Why a cell cannot be saved. */
export interface CellProblem {
  /** Index among the rows given. */
  readonly row: number
  /** `address`, `settings.dataType`; empty for the whole row. */
  readonly field: string
  readonly message: string
  readonly remedy: string | null
}

export interface TagEditResult {
  /** Nothing was saved when there is one. */
  readonly problems: readonly CellProblem[]
  /** Those added and changed. */
  readonly tags: readonly Tag[]
}

interface CheckedRow {
  readonly id: number | null
  readonly row: number
  readonly tag: TagBody
}

/**
 * Adds, changes and removes tags of a device, all or nothing. Unlike a form it tells everything that is wrong at once.
 * @throws NotFound for a device or tag that is not there or out of scope
 */
export async function editTags(db: Database, scope: DeviceScope, deviceId: number, edit: TagEdit): Promise<TagEditResult> {
  return await db.transaction(async (tx) => {
    await lockConfiguration(tx)
    const device = await findDevice(tx, scope, deviceId)
    if (device === undefined) throw new NotFound(`There is no device ${deviceId}.`)
    const current = await listTags(tx, scope, { deviceId })
    const ids = new Set(current.map((tag) => tag.id))
    const lost = [...edit.remove, ...edit.rows.flatMap(({ id }) => (id === null ? [] : [id]))].find((id) => !ids.has(id))
    if (lost !== undefined) {
      throw new NotFound(`A tag of this table is no longer there (${lost}): somebody else removed it.`, { remedy: 'Load the table anew.' })
    }
    const { rows, problems } = checkRows(edit, await driverOf(device.protocol), device)
    problems.push(...takenNames(rows, edit, current))
    if (problems.length > 0) return { problems: problems.toSorted((a, b) => a.row - b.row), tags: [] }
    await deleteTags(tx, deviceId, edit.remove)
    const changed = await updateTags(
      tx,
      deviceId,
      rows.flatMap(({ id, tag }) => (id === null ? [] : [{ ...tag, id }])),
    )
    const added = await insertTags(
      tx,
      deviceId,
      rows.flatMap(({ id, tag }) => (id === null ? [tag] : [])),
    )
    return { problems, tags: [...changed, ...added] }
  })
}

function checkRows({ rows }: TagEdit, driver: Driver, device: Device): { rows: CheckedRow[]; problems: CellProblem[] } {
  const config = parseConnection(driver, device.connection, null)
  const problems: CellProblem[] = []
  const checked = rows.flatMap(({ id, tag: raw }, row): CheckedRow[] => {
    const parsed = tagShape.safeParse(raw, { error: plainIssue })
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) problems.push({ row, field: path.map(String).join('.'), message, remedy: null })
      return []
    }
    if (config === undefined) return [{ id, row, tag: parsed.data }]
    try {
      driver.parsePoint(parsed.data, config)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      const field = error.field === 'address' || error.field === '' ? error.field : `settings.${error.field}`
      problems.push({ row, field, message: error.message, remedy: error.remedy ?? null })
    }
    return [{ id, row, tag: parsed.data }]
  })
  return { rows: checked, problems }
}

/** Names are unique on a device, compared without case, among what there will be in the end. */
function takenNames(rows: readonly CheckedRow[], { rows: given, remove }: TagEdit, current: readonly Tag[]): CellProblem[] {
  const touched = new Set([...remove, ...given.flatMap(({ id }) => (id === null ? [] : [id]))])
  const taken = new Set(current.filter((tag) => !touched.has(tag.id)).map((tag) => tag.name.toLowerCase()))
  return rows.flatMap(({ row, tag }) => {
    const key = tag.name.toLowerCase()
    if (!taken.has(key)) {
      taken.add(key)
      return []
    }
    return [{ row, field: 'name', message: `The device has another tag ${tag.name}.`, remedy: 'Give this one another name.' }]
  })
}
