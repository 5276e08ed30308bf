import { ConfigError, Conflict, NotFound } from '#base/errors.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Database, Queryable } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { lastImportedPlant, markUndone, recordImport } from '#store/plant-imports.ts'
import { editPlant } from '../apply.ts'
import { type Change, difference } from '../difference.ts'
import { exportPlant } from '../export.ts'
import { checkPlantFile } from '../plan.ts'
import { parsePlantFile, type PlantDevice, type PlantFile } from '../plant-file.ts'
import { driverOf, parseConnection } from '../validate.ts'
import { allColumns } from './columns.ts'
import { readSheets, type SheetReading } from './read-sheets.ts'
import type { SheetProblem } from './tables.ts'
import { readWorkbook, type UploadedFile } from './workbook.ts'
import { type Sheet, writeGuide, writeSheets } from './write-sheets.ts'

export interface SheetFiles {
  readonly files: readonly UploadedFile[]
  /** Also take away what the files leave out. */
  readonly remove: boolean
}

export interface SheetPlan {
  /** Nothing can be imported while there is one. */
  readonly problems: readonly SheetProblem[]
  readonly changes: readonly Change[]
}

/** Devices, tags and rules within the scope as sheets, and a guide to their columns. */
export async function exportSheets(db: Queryable, scope: DeviceScope): Promise<readonly Sheet[]> {
  const { devices = [] } = await exportPlant(db)
  const codes = new Set((await listDevices(db, scope)).map((device) => device.code))
  const columns = await allColumns()
  return [
    ...writeSheets(
      devices.filter((device) => codes.has(device.code)),
      columns,
    ),
    writeGuide(columns),
  ]
}

/** What importing the files would change. Nothing is written. @throws InvalidRequest for a file that cannot be read at all */
export async function planImport(db: Queryable, request: SheetFiles): Promise<SheetPlan> {
  const read = await reader(request)
  const plant = await exportPlant(db)
  const before = plant.devices ?? []
  const reading = read(before)
  const problems = reading.problems.length > 0 ? reading.problems : await driverProblems(db, reading, plant)
  if (problems.length > 0) return { problems, changes: [] }
  return { problems, changes: difference({ synctide: 1, devices: [...before] }, { synctide: 1, devices: [...reading.devices] }) }
}

/**
 * Imports the files, all or nothing, and keeps the plant as it was for {@link undoImport}.
 * @throws ConfigError with the place of the first problem, InvalidRequest for a file that cannot be read at all
 */
export async function applyImport(db: Database, request: SheetFiles, who: string): Promise<readonly Change[]> {
  const read = await reader(request)
  return await editPlant(
    db,
    (plant) => {
      const { devices, problems } = read(plant.devices ?? [])
      const [first] = problems
      if (first !== undefined) throw problemError(first)
      return { synctide: 1, devices: [...devices] }
    },
    async (tx, before, changes) => {
      if (changes.length === 0) return
      const after = (await exportPlant(tx)).devices ?? []
      await recordImport(tx, {
        who,
        files: request.files.map((file) => file.name),
        changes: changes.length,
        before: before.devices ?? [],
        after,
      })
    },
  )
}

/**
 * Makes the plant what it was before the last import. What the import removed comes back as new: without its history of samples.
 * @throws NotFound when there was none, Conflict when it was undone already or something was changed since
 */
export async function undoImport(db: Database): Promise<readonly Change[]> {
  const last = await lastImportedPlant(db)
  if (last === undefined) throw new NotFound('There is no import to undo.')
  if (last.undoneAt !== null) throw new Conflict('The last import has been undone already.')
  const [before, after] = [devicesOf(last.before), devicesOf(last.after)]
  return await editPlant(
    db,
    (plant) => {
      const since = difference({ synctide: 1, devices: after }, { synctide: 1, devices: plant.devices ?? [] })
      if (since.length > 0) throw changedSince(since)
      return { synctide: 1, devices: before }
    },
    async (tx) => await markUndone(tx, last.id),
  )
}

const NAMED = 3

function changedSince(since: readonly Change[]): Conflict {
  const named = since.slice(0, NAMED).map((change) => change.object)
  const more = since.length > NAMED ? ` and ${since.length - NAMED} more` : ''
  return new Conflict(`Something was changed since the import, and undoing it would lose that: ${named.join(', ')}${more}.`, {
    remedy: 'Take those changes back first, or import a file you exported earlier.',
  })
}

function devicesOf(stored: unknown): PlantDevice[] {
  return parsePlantFile({ synctide: 1, devices: stored }).devices ?? []
}

async function reader({ files, remove }: SheetFiles): Promise<(before: readonly PlantDevice[]) => SheetReading> {
  const columns = await allColumns()
  const sheets = (await Promise.all(files.map(readWorkbook))).flat()
  return (before) => readSheets(sheets, before, columns, remove)
}

function problemError({ place, row, column, message, remedy }: SheetProblem): ConfigError {
  const where = [place, row === 0 ? '' : `row ${row}`, column === '' ? '' : `column ${column}`].filter((part) => part !== '').join(', ')
  return new ConfigError(where, `${where}: ${message}`, { remedy })
}

/** What the drivers say of every row, and of the rest of the plant that the rows touch. */
async function driverProblems(db: Queryable, { devices, rows }: SheetReading, plant: PlantFile): Promise<SheetProblem[]> {
  const problems: SheetProblem[] = []
  const tell = (key: string, field: (name: string) => string, error: unknown): void => {
    if (!(error instanceof ConfigError)) throw error
    const row = rows.get(key)
    problems.push({
      place: row?.place ?? '',
      row: row?.number ?? 0,
      column: error.field === '' ? '' : field(error.field),
      message: row === undefined ? `${key}: ${error.message}` : error.message,
      remedy: error.remedy ?? 'Correct the cell.',
    })
  }
  for (const device of devices) {
    const key = device.code.toLowerCase()
    try {
      const driver = await driverOf(device.protocol)
      const config = parseConnection(driver, device.connection, null)
      for (const tag of config === undefined ? [] : device.tags) {
        try {
          driver.parsePoint(tag, config)
        } catch (error) {
          tell(`${key}/${tag.name.toLowerCase()}`, (name) => (name === 'address' ? name : `settings.${name}`), error)
        }
      }
    } catch (error) {
      tell(key, (name) => (name === 'protocol' ? name : `connection.${name}`), error)
    }
  }
  if (problems.length > 0) return problems
  try {
    await checkPlantFile(db, { synctide: 1, devices }, plant)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push({ place: '', row: 0, column: error.field, message: error.message, remedy: error.remedy ?? 'Correct the file.' })
  }
  return problems
}
