import type { Queryable } from './database.ts'

/** A view of the trend explorer that somebody keeps, for himself or for all. */
export interface TrendView {
  readonly id: number
  readonly userId: number
  readonly owner: string
  readonly name: string
  readonly shared: boolean
  /** As the address of the page has it. */
  readonly search: Readonly<Record<string, unknown>>
}

const COLUMNS = `v.id, v.user_id as "userId", u.display_name as owner, v.name, v.shared, v.search`

/** Those of the user, and the shared ones of others. */
export async function listTrendViews(db: Queryable, userId: number): Promise<readonly TrendView[]> {
  return await db.query<TrendView>(
    `select ${COLUMNS} from trend_views v join users u on u.id = v.user_id
     where v.user_id = $1 or v.shared order by v.user_id <> $1, lower(v.name), v.id`,
    [userId],
  )
}

export async function findTrendView(db: Queryable, id: number): Promise<TrendView | undefined> {
  const rows = await db.query<TrendView>(`select ${COLUMNS} from trend_views v join users u on u.id = v.user_id where v.id = $1`, [id])
  return rows[0]
}

/** One of the same name of the same user is replaced. @returns its id */
export async function saveTrendView(
  db: Queryable,
  { userId, name, shared, search }: Omit<TrendView, 'id' | 'owner'>,
): Promise<number | undefined> {
  const rows = await db.query<{ id: number }>(
    `insert into trend_views (user_id, name, shared, search) values ($1, $2, $3, $4)
     on conflict (user_id, lower(name)) do update set name = excluded.name, shared = excluded.shared, search = excluded.search returning id`,
    [userId, name, shared, JSON.stringify(search)],
  )
  return rows[0]?.id
}

export async function deleteTrendView(db: Queryable, id: number): Promise<void> {
  await db.query('delete from trend_views where id = $1', [id])
}
