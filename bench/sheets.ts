// An import of 5,000 tags with a rule each and their removal, phase by phase, on a database of its own: node bench/sheets.ts
// Processor time stands beside the wall clock, since a busy machine stretches only the latter.
import { cpus } from 'node:os'
import { exportPlant } from '#plant/export.ts'
import { applyImport, planImport, undoImport } from '#plant/sheets/import.ts'
import { readWorkbook, writeWorkbook } from '#plant/sheets/workbook.ts'
import type { Sheet } from '#plant/sheets/write-sheets.ts'
import { applyPlant } from '#plant/apply.ts'
import { testDatabase } from '../test/support/database.ts'

const TAGS = 5000

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const used = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(used)
  const figure = (millis: number): string => `${Math.round(millis)} ms`.padStart(9)
  console.log(`${what.padEnd(16)}${figure(performance.now() - started)}${figure((user + system) / 1000)} of processor`)
  return result
}

await using t = await testDatabase()
await applyPlant(t.db, { synctide: 1, devices: [{ code: 'A', name: 'A', protocol: 'modbus', connection: { host: 'plc' } }] })
const names = Array.from({ length: TAGS }, (_, index) => `Tag ${index}`)
const tags: Sheet = {
  name: 'Tags',
  rows: [['device', 'name', 'address', 'unit'], ...names.map((name, index) => ['A', name, `HR${index}`, 'kWh'])],
}
const rules = (setpoint: number): Sheet => ({
  name: 'Rules',
  rows: [['device', 'tag', 'name', 'operator', 'setpoint'], ...names.map((name) => ['A', name, 'High', '>', setpoint])],
})

console.log(`${TAGS} tags, ${TAGS} rules; ${cpus()[0]?.model ?? ''} x ${cpus().length}, Node ${process.version}`)
const bytes = await timed('write workbook', async () => await writeWorkbook([tags, rules(1)]))
await timed('read workbook', async () => await readWorkbook({ name: 'plant.xlsx', bytes }))
const request = { files: [{ name: 'plant.xlsx', bytes }], remove: false }
await timed('plan', async () => await planImport(t.db, request))
await timed('apply', async () => await applyImport(t.db, request, 'bench'))
const other = { files: [{ name: 'rules.xlsx', bytes: await writeWorkbook([rules(2)]) }], remove: false }
await timed('change rules', async () => await applyImport(t.db, other, 'bench'))
await timed('undo', async () => await undoImport(t.db))
await timed('export', async () => await exportPlant(t.db))
const kept: Sheet = { name: 'Tags', rows: ['device,name', 'A,Tag 0'].map((line) => line.split(',')) }
const one = { files: [{ name: 'tags.xlsx', bytes: await writeWorkbook([kept]) }], remove: true }
await timed('remove', async () => await applyImport(t.db, one, 'bench'))
