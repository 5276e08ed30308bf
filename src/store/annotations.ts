import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** What somebody wrote at an instant of a tag. */
export interface Annotation {
  readonly id: number
  readonly tagId: number
  readonly at: Micros
  readonly text: string
  readonly author: string
  /** Null when the user is gone. */
  readonly authorId: number | null
  readonly createdAt: Micros
  readonly editedAt: Micros | null
}

const COLUMNS = `a.id, a.tag_id as "tagId", a.at, a.text, a.author, a.author_id as "authorId", a.created_at as "createdAt", a.edited_at as "editedAt"`

/** Of these tags in [from, to), the newest `limit`, oldest first. */
export async function listAnnotations(
  db: Queryable,
  scope: DeviceScope,
  { tagIds, from, to }: { readonly tagIds: readonly number[]; readonly from: Micros; readonly to: Micros },
  limit: number,
): Promise<readonly Annotation[]> {
  const rows = await db.query<Annotation>(
    `select ${COLUMNS} from annotations a join tags t on t.id = a.tag_id
     where a.tag_id = any($1) and ($2::int[] is null or t.device_id = any($2)) and a.at >= $3 and a.at < $4 order by a.at desc, a.id desc limit $5`,
    [tagIds, idsOf(scope), sqlTime(from), sqlTime(to), limit],
  )
  return rows.toReversed()
}

/** @returns undefined when there is none or it is out of scope */
export async function findAnnotation(db: Queryable, scope: DeviceScope, id: number): Promise<Annotation | undefined> {
  const rows = await db.query<Annotation>(
    `select ${COLUMNS} from annotations a join tags t on t.id = a.tag_id where a.id = $1 and ($2::int[] is null or t.device_id = any($2))`,
    [id, idsOf(scope)],
  )
  return rows[0]
}

export async function insertAnnotation(
  db: Queryable,
  { tagId, at, text, author, authorId }: Pick<Annotation, 'tagId' | 'at' | 'text' | 'author'> & { readonly authorId: number },
): Promise<Annotation | undefined> {
  const rows = await db.query<Annotation>(
    `insert into annotations as a (tag_id, at, text, author, author_id) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    [tagId, sqlTime(at), text, author, authorId],
  )
  return rows[0]
}

export async function updateAnnotation(db: Queryable, id: number, text: string): Promise<Annotation | undefined> {
  const rows = await db.query<Annotation>(`update annotations a set text = $2, edited_at = now() where a.id = $1 returning ${COLUMNS}`, [
    id,
    text,
  ])
  return rows[0]
}

export async function deleteAnnotation(db: Queryable, id: number): Promise<void> {
  await db.query('delete from annotations where id = $1', [id])
}
