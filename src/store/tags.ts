import { Conflict, NotFound } from '#base/errors.ts'
import type { Tag } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf, sqlState } from './devices.ts'

/** What a form or a file says of a tag; the store adds id and device. */
export type TagInput = Omit<Tag, 'id' | 'deviceId'>

const COLUMNS = `t.id, t.device_id as "deviceId", t.name, t.address, t.settings, t.kind, t.unit, t.decimals, t.scale, t."offset", t.deadband,
  t.state_text as "stateText", t.enabled, t.formula`

/** Tags by device and in the order they were added. */
export async function listTags(
  db: Queryable,
  scope: DeviceScope,
  filter: { deviceId?: number; protocol?: string } = {},
): Promise<readonly Tag[]> {
  return await db.query<Tag>(
    `select ${COLUMNS} from tags t join devices d on d.id = t.device_id
     where ($1::int[] is null or t.device_id = any($1)) and ($2::int is null or t.device_id = $2) and ($3::text is null or d.protocol = $3)
     order by t.device_id, t.id`,
    [idsOf(scope), filter.deviceId ?? null, filter.protocol ?? null],
  )
}

/** @returns undefined when there is none or it is out of scope */
export async function findTag(db: Queryable, scope: DeviceScope, id: number): Promise<Tag | undefined> {
  const rows = await db.query<Tag>(`select ${COLUMNS} from tags t where t.id = $1 and ($2::int[] is null or t.device_id = any($2))`, [
    id,
    idsOf(scope),
  ])
  return rows[0]
}

/**
 * Adds tags in one statement, all or none, in the order given.
 * @throws Conflict naming a tag whose name is taken on the device
 */
export async function insertTags(db: Queryable, deviceId: number, tags: readonly TagInput[]): Promise<readonly Tag[]> {
  if (tags.length === 0) return []
  try {
    return await db.query<Tag>(
      `insert into tags as t (device_id, name, address, settings, kind, unit, decimals, scale, "offset", deadband, state_text, enabled, formula)
       select $1, name, address, settings, kind, unit, decimals, scale, "offset", deadband,
         case when jsonb_typeof("stateText") = 'array' then array["stateText" ->> 0, "stateText" ->> 1] end, enabled, coalesce(formula, '')
       from rows from (jsonb_to_recordset($2::jsonb) as (name text, address text, settings jsonb, kind text, unit text, decimals smallint,
         scale double precision, "offset" double precision, deadband double precision, "stateText" jsonb, enabled boolean, formula text)) with ordinality
       order by ordinality
       returning ${COLUMNS}`,
      [deviceId, JSON.stringify(tags)],
    )
  } catch (error) {
    throw takenName(deviceId, tags, error)
  }
}

/** @throws Conflict when the name is taken on the device, NotFound */
export async function updateTag(db: Queryable, id: number, tag: TagInput): Promise<Tag> {
  try {
    const rows = await db.query<Tag>(
      `update tags t set name = $2, address = $3, settings = $4, kind = $5, unit = $6, decimals = $7, scale = $8, "offset" = $9, deadband = $10,
         state_text = $11, enabled = $12, formula = $13
       where t.id = $1 returning ${COLUMNS}`,
      [
        id,
        tag.name,
        tag.address,
        JSON.stringify(tag.settings),
        tag.kind,
        tag.unit,
        tag.decimals,
        tag.scale,
        tag.offset,
        tag.deadband,
        tag.stateText,
        tag.enabled,
        tag.formula ?? '',
      ],
    )
    if (rows[0] === undefined) throw new NotFound(`There is no tag ${id}.`)
    return rows[0]
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw taken(tag.name, error)
  }
}

/**
 * Changes tags in one statement, all or none. Two may swap their names.
 * @throws Conflict naming a tag whose name is taken on the device
 */
export async function updateTags(
  db: Queryable,
  deviceId: number,
  tags: readonly (TagInput & { readonly id: number })[],
): Promise<readonly Tag[]> {
  if (tags.length === 0) return []
  const ids = tags.map((tag) => tag.id)
  try {
    // out of each other's way first: a unique index looks at every row as it changes
    await db.query(
      `update tags t set name = gen_random_uuid()::text from jsonb_to_recordset($1::jsonb) as r (id integer, name text)
       where t.id = r.id and lower(t.name) <> lower(r.name)`,
      [JSON.stringify(tags.map(({ id, name }) => ({ id, name })))],
    )
    return await db.query<Tag>(
      `update tags t set name = r.name, address = r.address, settings = r.settings, kind = r.kind, unit = r.unit, decimals = r.decimals,
         scale = r.scale, "offset" = r."offset", deadband = r.deadband,
         state_text = case when jsonb_typeof(r."stateText") = 'array' then array[r."stateText" ->> 0, r."stateText" ->> 1] end, enabled = r.enabled,
         formula = coalesce(r.formula, '')
       from jsonb_to_recordset($2::jsonb) as r (id integer, name text, address text, settings jsonb, kind text, unit text, decimals smallint,
         scale double precision, "offset" double precision, deadband double precision, "stateText" jsonb, enabled boolean, formula text)
       where t.id = r.id and t.device_id = $1 and t.id = any($3)
       returning ${COLUMNS}`,
      [deviceId, JSON.stringify(tags), ids],
    )
  } catch (error) {
    throw takenName(deviceId, tags, error)
  }
}

/** Their rules go with them; samples and the history of alarms stay. */
export async function deleteTags(db: Queryable, deviceId: number, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.query('delete from tags where device_id = $1 and id = any($2)', [deviceId, [...ids]])
}

/** Its rules go with it; its samples and the history of its alarms stay. */
export async function deleteTag(db: Queryable, id: number): Promise<void> {
  await db.query('delete from tags where id = $1', [id])
}

/** Which of many names the database refused: its message tells the key, `(device_id, lower(name))=(3, flow)`. */
function takenName(deviceId: number, tags: readonly TagInput[], error: unknown): unknown {
  if (sqlState(error) !== '23505') return error
  const detail: unknown = error instanceof Error ? Object.getOwnPropertyDescriptor(error, 'detail')?.value : undefined
  const name = typeof detail === 'string' ? /=\(\d+, (.*)\) /.exec(detail)?.[1] : undefined
  return taken(tags.find((tag) => tag.name.toLowerCase() === name)?.name ?? `of device ${deviceId}`, error)
}

function taken(name: string, error: unknown): Conflict {
  return new Conflict(`The device has a tag ${name} already.`, { cause: error, remedy: 'Give this one another name.' })
}

/** Whether there is such a tag within the scope. */
export async function isInScope(db: Queryable, scope: DeviceScope, tagId: number): Promise<boolean> {
  return (await db.query('select from tags where id = $1 and ($2::int[] is null or device_id = any($2))', [tagId, idsOf(scope)])).length > 0
}

/** What tells how a tag goes on between two of its samples. */
export interface TagTraits extends Pick<Tag, 'id' | 'kind' | 'formula'> {
  readonly protocol: string
}

/** Of those of the tags that are in scope. */
export async function listTagTraits(db: Queryable, scope: DeviceScope, tagIds: readonly number[]): Promise<readonly TagTraits[]> {
  return await db.query<TagTraits>(
    `select t.id, t.kind, t.formula, d.protocol from tags t join devices d on d.id = t.device_id
     where t.id = any($1) and ($2::int[] is null or t.device_id = any($2))`,
    [tagIds, idsOf(scope)],
  )
}

/** Those of the tags that there are within the scope. */
export async function idsInScope(db: Queryable, scope: DeviceScope, tagIds: readonly number[]): Promise<number[]> {
  const rows = await db.query<{ id: number }>('select id from tags where id = any($1) and ($2::int[] is null or device_id = any($2))', [
    tagIds,
    idsOf(scope),
  ])
  return rows.map((row) => row.id)
}
