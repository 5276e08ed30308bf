import type { SessionContext } from '../driver.ts'
import { Ledger } from './ledger.ts'

const ORDER_WORDS = { dmy: 'day first, proved by a file', mdy: 'month first, proved by a file' } as const

/** The ledger in a few numbers; it may name 50,000 files. */
export function describeMemory(memory: Pick<SessionContext, 'recall' | 'recalled'>): Readonly<Record<string, string | number>> {
  const ledger = new Ledger({
    recall: (key) => memory.recall(key),
    recalled: (prefix) => memory.recalled(prefix),
    remember: () => undefined,
  })
  const rows = [...ledger.rows()].map(([, row]) => row)
  if (rows.length === 0 && ledger.names().length === 0) return {}
  const refused = ledger.names().filter(([, seen]) => seen.state === 'refused')
  const last = rows.reduce((newest, { read }) => Math.max(newest, read), 0)
  return {
    'Files known by their content': rows.length,
    'Rows read': rows.reduce((sum, row) => sum + row.rows, 0),
    'Malformed rows set aside': rows.reduce((sum, row) => sum + row.bad, 0),
    ...(last === 0
      ? {}
      : { 'Last read': Temporal.Instant.fromEpochMilliseconds(Math.floor(last / 1000)).toString({ smallestUnit: 'second' }) }),
    ...(ledger.dateOrder === null ? {} : { 'Order of day and month': ORDER_WORDS[ledger.dateOrder] }),
    ...Object.fromEntries(refused.slice(0, 5).map(([name, { problem }]) => [`Refused: ${name}`, problem ?? ''])),
  }
}
