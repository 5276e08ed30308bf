import { listActive, listHistory, type AlarmFilter } from '#store/alarms.ts'
import { testDatabase } from '../test/support/database.ts'
import { load, machine, option, quantile } from './machine.ts'

/**
 * The history of alarms: `--rows` occurrences (1,000,000) of 200 devices over three years in a PostgreSQL of its own, and how long each list of the
 * console takes, filters drawn anew for every question. Aim: p95 of 200 ms.
 */

const ROWS = option('rows', 1_000_000)
const TIMES = option('times', 60)
const YEARS = 3
const MICROS = 1_000_000
const CATEGORIES = [
  'Process',
  'Process/Levels',
  'Process/Pressure',
  'Process/Flow',
  'Quality',
  'Quality/Chlorine',
  'Power',
  'Power/Pumps',
  'Site',
]
const NAMES = [
  'Reservoir level very high',
  'Suction pressure low',
  'Chlorine low',
  'Flow above plan',
  'Motor temperature high',
  'Communication lost',
]

await using t = await testDatabase()
const began = performance.now()
await t.db.query('alter table alarm_events set (autovacuum_enabled = false)')
await t.db.query(
  `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, tag_name, unit, name, severity, operator, setpoint, raised_at,
     value_at_raise, cleared_at, value_at_clear, acknowledged_at, acknowledged_by, comment, closed_at, received_at, committed_at, category, rule)
   select case when i > $1 - 500 then 10000 + i - ($1 - 500) else 100 + i % 9900 end, 1, 'threshold', 1 + i::bigint * 7919 % 200,
     'ST-' || lpad((1 + i::bigint * 7919 % 200)::text, 3, '0'), 'Tag ' || i % 12, 'bar', ($2::text[])[1 + i::bigint * 31 % 6] || ' ' || i % 40,
     case when i % 50 = 0 then 'critical' when i % 7 = 0 then 'warning' else 'info' end, '>', 80, at, 81, at + interval '5 min', 79,
     case when i <= $1 - 500 then at + interval '3 min' end,
     case when i <= $1 - 500 then (array['Platform: Ana Sousa', 'Telegram: Tiago G.', 'SMS: +351 912 345 678', 'System: returned to normal'])[1 + i % 4] end,
     case when i % 20 = 0 then 'valve ' || i || ' was closed by the contractor' end,
     case when i <= $1 - 500 then at + interval '5 min' end, at, at, ($3::text[])[1 + i::bigint * 17 % 9], '{"deadband": 2}'
   from generate_series(1, $1::int) i, lateral (select now() - make_interval(secs => ($1 - i) * ($4::float8 / $1))) as w(at)`,
  [ROWS, NAMES, CATEGORIES, YEARS * 365 * 86_400],
)
await t.db.query('vacuum analyze alarm_events')
console.log(`${machine()}, ${load()}\n${ROWS.toLocaleString('en')} occurrences in ${((performance.now() - began) / 1000).toFixed(0)} s\n`)

const now = Date.now() * 1000
const one = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
const device = (): number => 1 + Math.floor(Math.random() * 200)
const period = (days: number): Pick<AlarmFilter, 'from' | 'to'> => {
  const to = now - Math.random() * (YEARS * 365 - days) * 86_400 * MICROS
  return { from: to - days * 86_400 * MICROS, to }
}
/** Where a page deep in the history begins, as its cursor says. */
const deep = (): string => `0-${Math.floor(now - Math.random() * YEARS * 365 * 86_400 * MICROS)}-${Math.floor(Math.random() * ROWS)}`

const cases: readonly (readonly [string, () => AlarmFilter])[] = [
  ['newest', () => ({})],
  ['deep page, by its cursor', () => ({ cursor: deep() })],
  ['severity', () => ({ severity: one(['critical', 'warning', 'info']) })],
  ['device', () => ({ deviceId: device() })],
  ['category and below', () => ({ category: one(CATEGORIES) })],
  ['category that nothing has', () => ({ category: 'Nothing/Here' })],
  ['text that many have', () => ({ text: one(['chlorine', 'pressure low', 'Tiago']) })],
  ['text that one has', () => ({ text: `valve ${20 * Math.ceil((Math.random() * ROWS) / 20)} was` })],
  ['text that none has', () => ({ text: 'no such thing' })],
  ['display number', () => ({ text: `#${100 + Math.floor(Math.random() * 9000)}` })],
  ['a month', () => period(30)],
  ['state', () => ({ state: one(['standing', 'returned', 'unacknowledged', 'acknowledged', 'closed']) })],
  [
    'device, severity, category, text, month',
    () => ({ deviceId: device(), severity: one(['critical', 'warning']), category: 'Process', text: 'high', ...period(30) }),
  ],
  ['device, severity, text', () => ({ deviceId: device(), severity: 'critical', text: 'contractor' })],
]

console.log('list                                        p50 ms   p95 ms')
const print = async (name: string, ask: () => Promise<unknown>): Promise<void> => {
  const figures: number[] = []
  for (let time = 0; time < TIMES; time++) {
    const start = performance.now()
    await ask()
    figures.push(performance.now() - start)
  }
  console.log(`${name.padEnd(42)} ${quantile(figures, 0.5).toFixed(1).padStart(7)} ${quantile(figures, 0.95).toFixed(1).padStart(8)}`)
}
for (const [name, filter] of cases) await print(name, async () => await listHistory(t.db, 'all', filter()))
await print('active: 500 open, most urgent first', async () => await listActive(t.db, 'all', { limit: 200 }))
await print('newest, confined to 5 devices', async () => await listHistory(t.db, [1, 2, 3, 4, 5], {}))
