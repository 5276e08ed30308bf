import type { ViewPage } from '#domain/saved-view.ts'
import type { Queryable } from './database.ts'

/** A view of a page that somebody keeps, for himself or for all. */
export interface SavedView {
  readonly id: number
  readonly userId: number
  readonly owner: string
  readonly page: ViewPage
  readonly name: string
  readonly shared: boolean
  /** As the address of the page has it. */
  readonly search: Readonly<Record<string, unknown>>
}

const COLUMNS = `v.id, v.user_id as "userId", u.display_name as owner, v.page, v.name, v.shared, v.search`

/** Those of the user, and the shared ones of others. */
export async function listSavedViews(db: Queryable, page: ViewPage, userId: number): Promise<readonly SavedView[]> {
  return await db.query<SavedView>(
    `select ${COLUMNS} from saved_views v join users u on u.id = v.user_id
     where v.page = $1 and (v.user_id = $2 or v.shared) order by v.user_id <> $2, lower(v.name), v.id`,
    [page, userId],
  )
}

export async function findSavedView(db: Queryable, id: number): Promise<SavedView | undefined> {
  const rows = await db.query<SavedView>(`select ${COLUMNS} from saved_views v join users u on u.id = v.user_id where v.id = $1`, [id])
  return rows[0]
}

/** One of the same name of the same user and page is replaced. @returns its id */
export async function saveView(
  db: Queryable,
  { userId, page, name, shared, search }: Omit<SavedView, 'id' | 'owner'>,
): Promise<number | undefined> {
  const rows = await db.query<{ id: number }>(
    `insert into saved_views (user_id, page, name, shared, search) values ($1, $2, $3, $4, $5)
     on conflict (user_id, page, lower(name)) do update set name = excluded.name, shared = excluded.shared, search = excluded.search returning id`,
    [userId, page, name, shared, JSON.stringify(search)],
  )
  return rows[0]?.id
}

export async function deleteSavedView(db: Queryable, id: number): Promise<void> {
  await db.query('delete from saved_views where id = $1', [id])
}
