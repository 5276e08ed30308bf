import { Conflict, NotFound } from '#base/errors.ts'
import type { CurvePoint } from '#domain/alarm.ts'
import type { Queryable } from './database.ts'
import { sqlState } from './devices.ts'

/** What a form or a plant file says of an operating curve. */
export interface CurveInput {
  readonly name: string
  readonly xUnit: string
  readonly yUnit: string
  /** By ascending x. */
  readonly points: readonly CurvePoint[]
  /** On both sides of the line, in units of y or in % of the line. */
  readonly tolerance: number
  readonly percent: boolean
}

export interface Curve extends CurveInput {
  readonly id: number
  /** Grows with each edit. */
  readonly version: number
  /** How many rules judge by it: an edit reaches them all at once. */
  readonly rules: number
}

const COLUMNS = `c.id, c.version, c.name, c.x_unit as "xUnit", c.y_unit as "yUnit", c.points, c.tolerance, c.percent,
  (select count(*)::int from alarm_rules r where r.curve_id = c.id) as rules`

/** Operating curves by name. */
export async function listCurves(db: Queryable): Promise<readonly Curve[]> {
  return await db.query<Curve>(`select ${COLUMNS} from curves c order by lower(c.name)`)
}

/** @throws NotFound */
export async function getCurve(db: Queryable, id: number): Promise<Curve> {
  const [curve] = await db.query<Curve>(`select ${COLUMNS} from curves c where c.id = $1`, [id])
  if (curve === undefined) throw new NotFound(`There is no curve ${id}.`)
  return curve
}

/**
 * Adds a curve or changes one; every rule that judges by it follows within a second.
 * @param id null adds one
 * @throws Conflict when the name is taken, NotFound
 */
export async function saveCurve(db: Queryable, id: number | null, input: CurveInput): Promise<Curve> {
  const values = [input.name, input.xUnit, input.yUnit, JSON.stringify(input.points), input.tolerance, input.percent]
  try {
    const [saved] =
      id === null
        ? await db.query<Curve>(
            `insert into curves as c (name, x_unit, y_unit, points, tolerance, percent) values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
            values,
          )
        : await db.query<Curve>(
            `update curves c set name = $1, x_unit = $2, y_unit = $3, points = $4, tolerance = $5, percent = $6, version = version + 1
             where c.id = $7 returning ${COLUMNS}`,
            [...values, id],
          )
    if (saved === undefined) throw new NotFound(`There is no curve ${id}.`)
    return saved
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw new Conflict(`There is a curve ${input.name} already.`, { cause: error, remedy: 'Give this one another name.' })
  }
}

/** @throws Conflict while a rule judges by it, NotFound */
export async function deleteCurve(db: Queryable, id: number): Promise<void> {
  try {
    const gone = await db.query('delete from curves where id = $1 returning id', [id])
    if (gone.length === 0) throw new NotFound(`There is no curve ${id}.`)
  } catch (error) {
    if (sqlState(error) !== '23503') throw error
    throw new Conflict('Rules judge by this curve.', { cause: error, remedy: 'Remove those rules first.' })
  }
}

/** A rule that judges by a curve, with the last values of its two axes. */
export interface CurveUse {
  readonly ruleId: number
  readonly name: string
  readonly deviceId: number
  readonly deviceCode: string
  readonly tagName: string
  /** Of the two axes. */
  readonly tagId: number
  readonly xTagId: number
  readonly x: number | null
  readonly y: number | null
  readonly standing: boolean
}

/** Where a curve is used, with what each rule sees now. */
export async function listCurveUses(db: Queryable, id: number): Promise<readonly CurveUse[]> {
  return await db.query<CurveUse>(
    `select r.id as "ruleId", r.name, r.device_id as "deviceId", d.code as "deviceCode", t.name as "tagName",
       r.tag_id as "tagId", r.x_tag_id as "xTagId", x.value as x, y.value as y,
       coalesce(s.condition in ('active', 'pending_off', 'latched'), false) as standing
     from alarm_rules r join devices d on d.id = r.device_id join tags t on t.id = r.tag_id
       left join latest x on x.tag_id = r.x_tag_id and x.quality & 3 <> 2
       left join latest y on y.tag_id = r.tag_id and y.quality & 3 <> 2
       left join alarm_states s on s.rule_id = r.id
     where r.curve_id = $1 order by lower(d.code), r.id`,
    [id],
  )
}
