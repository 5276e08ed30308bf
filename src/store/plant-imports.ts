import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'

/** An import of a spreadsheet. */
export interface PlantImport {
  readonly id: number
  readonly at: Micros
  readonly who: string
  readonly files: readonly string[]
  readonly changes: number
  readonly undoneAt: Micros | null
}

/** The devices of the plant before and after an import, as JSON in the form of the plant file. */
export interface ImportedPlant extends PlantImport {
  readonly before: unknown
  readonly after: unknown
}

const COLUMNS = 'id, at, who, files, changes, undone_at as "undoneAt"'

/** Writes down an import; the one before can then no longer be undone and goes. */
export async function recordImport(
  db: Queryable,
  { who, files, changes, before, after }: Pick<ImportedPlant, 'who' | 'files' | 'changes' | 'before' | 'after'>,
): Promise<void> {
  await db.query('delete from plant_imports')
  await db.query('insert into plant_imports (who, files, changes, before, after) values ($1, $2, $3, $4, $5)', [
    who,
    [...files],
    changes,
    JSON.stringify(before),
    JSON.stringify(after),
  ])
}

/** @returns undefined when nothing was ever imported */
export async function lastImport(db: Queryable): Promise<PlantImport | undefined> {
  return (await db.query<PlantImport>(`select ${COLUMNS} from plant_imports order by id desc limit 1`))[0]
}

/** The same with the plants; they may be megabytes. */
export async function lastImportedPlant(db: Queryable): Promise<ImportedPlant | undefined> {
  return (await db.query<ImportedPlant>(`select ${COLUMNS}, before, after from plant_imports order by id desc limit 1`))[0]
}

export async function markUndone(db: Queryable, id: number): Promise<void> {
  await db.query('update plant_imports set undone_at = now() where id = $1', [id])
}
