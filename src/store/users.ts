import { Conflict, NotFound } from '#base/errors.ts'
import type { CategoryScope } from '#domain/category.ts'
import type { Language } from '#domain/contact.ts'
import type { DeviceScope, Role, User } from '#domain/user.ts'
import type { Queryable, Transaction } from './database.ts'
import { sqlState } from './devices.ts'

/** What a form says of a user. */
export interface UserInput {
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly enabled: boolean
  readonly deviceIds: readonly number[] | null
  readonly categories: CategoryScope
}

interface Row extends Omit<User, 'scope'> {
  readonly allDevices: boolean
  readonly deviceIds: number[]
}

const COLUMNS = `u.id, u.login, u.display_name as "displayName", u.role, u.enabled, u.must_change_password as "mustChangePassword",
  u.language, u.time_zone as "timeZone", u.categories, u.all_devices as "allDevices",
  coalesce((select array_agg(device_id order by device_id) from user_devices where user_id = u.id), '{}') as "deviceIds"`

function userOf({ allDevices, deviceIds, ...row }: Row): User {
  return { ...row, scope: allDevices ? 'all' : deviceIds }
}

export async function listUsers(db: Queryable): Promise<readonly User[]> {
  return (await db.query<Row>(`select ${COLUMNS} from users u order by lower(u.login)`)).map(userOf)
}

export async function findUser(db: Queryable, id: number): Promise<User | undefined> {
  const [row] = await db.query<Row>(`select ${COLUMNS} from users u where u.id = $1`, [id])
  return row === undefined ? undefined : userOf(row)
}

/** @returns with the hash of the password, null when none is set; logins are compared without case */
export async function findByLogin(db: Queryable, login: string): Promise<{ user: User; passwordHash: string | null } | undefined> {
  const [row] = await db.query<Row & { passwordHash: string | null }>(
    `select ${COLUMNS}, u.password_hash as "passwordHash" from users u where lower(u.login) = lower($1)`,
    [login],
  )
  if (row === undefined) return undefined
  const { passwordHash, ...rest } = row
  return { user: userOf(rest), passwordHash }
}

export async function passwordHashOf(db: Queryable, id: number): Promise<string | null> {
  const [row] = await db.query<{ hash: string | null }>('select password_hash as hash from users where id = $1', [id])
  return row?.hash ?? null
}

export async function hasUsers(db: Queryable): Promise<boolean> {
  return (await db.query('select from users limit 1')).length > 0
}

/** @throws Conflict when the login is taken */
export async function insertUser(tx: Transaction, input: UserInput, passwordHash: string | null): Promise<User> {
  return await refuseTakenLogin(input.login, async () => {
    const [row] = await tx.query<{ id: number }>(
      `insert into users (login, display_name, role, enabled, password_hash, all_devices, categories) values ($1, $2, $3, $4, $5, $6, $7)
       returning id`,
      [input.login, input.displayName, input.role, input.enabled, passwordHash, input.deviceIds === null, arrayOf(input.categories)],
    )
    await setDevices(tx, row?.id ?? 0, input.deviceIds)
    return await existing(tx, row?.id ?? 0)
  })
}

/** @throws Conflict when the login is taken or nobody would administer any more, NotFound */
export async function updateUser(tx: Transaction, id: number, input: UserInput): Promise<User> {
  return await refuseTakenLogin(input.login, async () => {
    await tx.query(
      `update users set login = $2, display_name = $3, role = $4, enabled = $5, all_devices = $6, categories = $7 where id = $1`,
      [id, input.login, input.displayName, input.role, input.enabled, input.deviceIds === null, arrayOf(input.categories)],
    )
    await setDevices(tx, id, input.deviceIds)
    await keepAnAdministrator(tx)
    return await existing(tx, id)
  })
}

/** @throws Conflict when nobody would administer any more */
export async function deleteUser(tx: Transaction, id: number): Promise<void> {
  const gone = await tx.query('delete from users where id = $1 returning id', [id])
  if (gone.length === 0) throw new NotFound(`There is no user ${id}.`)
  await keepAnAdministrator(tx)
}

/** What a user may change of themselves. */
export async function updateProfile(
  db: Queryable,
  id: number,
  profile: { displayName: string; language: Language | null; timeZone: string | null },
): Promise<void> {
  await db.query('update users set display_name = $2, language = $3, time_zone = $4 where id = $1', [
    id,
    profile.displayName,
    profile.language,
    profile.timeZone,
  ])
}

/** @param mustChange when somebody else chose it */
export async function setPassword(db: Queryable, id: number, hash: string, mustChange: boolean): Promise<void> {
  await db.query('update users set password_hash = $2, must_change_password = $3 where id = $1', [id, hash, mustChange])
}

/** The devices of a user as a form shows them: null is all. */
export function deviceIdsOf(scope: DeviceScope): number[] | null {
  return scope === 'all' ? null : [...scope]
}

function arrayOf(categories: CategoryScope): string[] | null {
  return categories === null ? null : [...categories]
}

async function existing(tx: Transaction, id: number): Promise<User> {
  const user = await findUser(tx, id)
  if (user === undefined) throw new NotFound(`There is no user ${id}.`)
  return user
}

async function setDevices(tx: Transaction, id: number, deviceIds: readonly number[] | null): Promise<void> {
  await tx.query('delete from user_devices where user_id = $1', [id])
  if (deviceIds === null || deviceIds.length === 0) return
  await tx.query(
    'insert into user_devices (user_id, device_id) select $1, d.id from devices d where d.id = any($2) and exists (select from users where id = $1)',
    [id, [...deviceIds]],
  )
}

async function keepAnAdministrator(tx: Transaction): Promise<void> {
  // one at a time, or two could each remove the other
  await tx.query(`select from users where role = 'administrator' for update`)
  const rows = await tx.query(
    `select from users where role = 'administrator' and enabled and all_devices and categories is null and password_hash is not null limit 1`,
  )
  if (rows.length === 0) {
    throw new Conflict('Nobody would be left who may administer everything.', { remedy: 'Make somebody else administrator first.' })
  }
}

async function refuseTakenLogin<T>(login: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw new Conflict(`There is a user ${login} already.`, { cause: error, remedy: 'Choose another login.' })
  }
}
