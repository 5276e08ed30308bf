import { Conflict, InvalidRequest, NotFound } from '#base/errors.ts'
import type { ContactGroup, EscalationChain } from '#domain/escalation.ts'
import type { Queryable, Transaction } from './database.ts'
import { sqlState } from './devices.ts'

export type GroupInput = Omit<ContactGroup, 'id'>
export type ChainInput = Omit<EscalationChain, 'id'>

const GROUP = `g.id, g.name, g.parent_id as "parentId", g.duty, g.schedule,
  (select coalesce(jsonb_agg(m.contact_id order by m.position), '[]') from contact_group_members m where m.group_id = g.id) as "memberIds"`
const CHAIN = `c.id, c.name, c.enabled, c.position, c.min_severity as "minSeverity", c.steps, c.on_clear as "onClear",
  c.max_age_minutes as "maxAgeMinutes", c.repeat_minutes as "repeatMinutes", c.categories,
  case when not c.all_devices then
    (select coalesce(jsonb_agg(d.device_id order by d.device_id), '[]') from chain_devices d where d.chain_id = c.id) end as "deviceIds"`

/** Every group by name. */
export async function listGroups(db: Queryable): Promise<readonly ContactGroup[]> {
  return await db.query<ContactGroup>(`select ${GROUP} from contact_groups g order by lower(g.name)`)
}

/** Every chain, in the order in which they are tried. */
export async function listChains(db: Queryable): Promise<readonly EscalationChain[]> {
  return await db.query<EscalationChain>(`select ${CHAIN} from escalation_chains c order by c.position, c.id`)
}

/**
 * Adds (`id` null) or changes a group.
 * @throws Conflict when the name is taken, NotFound, InvalidRequest for a parent that leads back here or a member that is not there
 */
export async function saveGroup(tx: Transaction, id: number | null, group: GroupInput): Promise<ContactGroup> {
  if (id !== null && group.parentId !== null && (await leadsTo(tx, group.parentId, id))) {
    throw new InvalidRequest(`${group.name} would be its own parent.`, { field: 'parentId', remedy: 'Choose another group, or none.' })
  }
  try {
    const values = [group.name, group.parentId, group.duty, JSON.stringify(group.schedule)]
    const rows = await tx.query<{ id: number }>(
      id === null
        ? 'insert into contact_groups (name, parent_id, duty, schedule) values ($1, $2, $3, $4) returning id'
        : 'update contact_groups set name = $1, parent_id = $2, duty = $3, schedule = $4 where id = $5 returning id',
      id === null ? values : [...values, id],
    )
    const saved = rows[0]?.id
    if (saved === undefined) throw new NotFound(`There is no group ${id}.`)
    await tx.query('delete from contact_group_members where group_id = $1', [saved])
    await tx.query(
      `insert into contact_group_members (group_id, contact_id, position)
       select $1, id, place from unnest($2::int[]) with ordinality as input(id, place)`,
      [saved, [...new Set(group.memberIds)]],
    )
    const [stored] = await tx.query<ContactGroup>(`select ${GROUP} from contact_groups g where g.id = $1`, [saved])
    if (stored === undefined) throw new NotFound(`There is no group ${saved}.`)
    return stored
  } catch (error) {
    throw refused(error, 'group', group.name)
  }
}

export async function deleteGroup(db: Queryable, id: number): Promise<void> {
  await db.query('delete from contact_groups where id = $1', [id])
}

/** Adds (`id` null) or changes a chain. @throws Conflict when the name is taken, NotFound, InvalidRequest for a device that is not there */
export async function saveChain(tx: Transaction, id: number | null, chain: ChainInput): Promise<EscalationChain> {
  try {
    const values = [
      chain.name,
      chain.enabled,
      chain.position,
      chain.minSeverity,
      chain.deviceIds === null,
      JSON.stringify(chain.steps),
      chain.onClear,
      chain.maxAgeMinutes,
      chain.repeatMinutes,
      chain.categories === null ? null : [...chain.categories],
    ]
    const rows = await tx.query<{ id: number }>(
      id === null
        ? `insert into escalation_chains (name, enabled, position, min_severity, all_devices, steps, on_clear, max_age_minutes, repeat_minutes,
             categories) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`
        : `update escalation_chains set name = $1, enabled = $2, position = $3, min_severity = $4, all_devices = $5, steps = $6, on_clear = $7,
             max_age_minutes = $8, repeat_minutes = $9, categories = $10 where id = $11 returning id`,
      id === null ? values : [...values, id],
    )
    const saved = rows[0]?.id
    if (saved === undefined) throw new NotFound(`There is no chain ${id}.`)
    await tx.query('delete from chain_devices where chain_id = $1', [saved])
    await tx.query('insert into chain_devices (chain_id, device_id) select $1, id from unnest($2::int[]) as id', [
      saved,
      [...new Set(chain.deviceIds)],
    ])
    const [stored] = await tx.query<EscalationChain>(`select ${CHAIN} from escalation_chains c where c.id = $1`, [saved])
    if (stored === undefined) throw new NotFound(`There is no chain ${saved}.`)
    return stored
  } catch (error) {
    throw refused(error, 'chain', chain.name)
  }
}

export async function deleteChain(db: Queryable, id: number): Promise<void> {
  await db.query('delete from escalation_chains where id = $1', [id])
}

/** Whether the parents of a group, however they are tied together, come to another one. */
async function leadsTo(db: Queryable, from: number, to: number): Promise<boolean> {
  const rows = await db.query(
    `with recursive up(id) as (
       select $1::int union select g.parent_id from up join contact_groups g on g.id = up.id where g.parent_id is not null)
     select from up where id = $2`,
    [from, to],
  )
  return rows.length > 0
}

function refused(error: unknown, what: string, name: string): unknown {
  const state = sqlState(error)
  if (state === '23505') return new Conflict(`There is a ${what} ${name} already.`, { cause: error, remedy: 'Give this one another name.' })
  if (state !== '23503') return error
  return new InvalidRequest(
    what === 'group' ? 'One of the members, or the parent group, does not exist.' : 'One of the devices does not exist.',
    {
      field: what === 'group' ? 'memberIds' : 'deviceIds',
      cause: error,
    },
  )
}
