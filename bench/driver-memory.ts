// What each driver's process holds in memory: without a device, and with one device of 1,000 tags that changes each second (CSV: each
// minute), as the supervisor runs it. Run: node bench/driver-memory.ts [--tags 1000] [--seconds 60]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pickFreePort } from '#host/free-port.ts'
import { readRunFile } from '#host/run-file.ts'
import { installDemo } from '#plant/demo.ts'
import { openDatabase } from '#store/database.ts'
import { demoBroker, demoDevices } from '../simulator/demo-plant.ts'
import type { EquipmentPlan, RegisterPlan } from '../simulator/equipment.ts'
import { Plant } from '../simulator/plant.ts'
import { startInstallation, until } from '../test/support/installation.ts'
import { allRunning } from '../test/support/process-tree.ts'
import { machine, option, pssKilobytes } from './machine.ts'

const BROKER = 'BENCH'
const tags = option('tags', 1000)
const seconds = option('seconds', 60)
const folder = mkdtempSync(join(tmpdir(), 'synctide-driver-memory-'))
chmodSync(folder, 0o755)
process.stdout.write(`${machine()}\n`)
try {
  await using installation = await startInstallation({ folder, demo: false })
  await allRunning(folder)
  await delay(seconds * 1000)
  const idle = await driversMebibytes()
  const port = await pickFreePort()
  const broker = { code: BROKER, url: () => `mqtt://127.0.0.1:${port}` }
  const equipment = equipmentOf(tags)
  await using plant = await Plant.start({ equipment, broker, rawData: join(folder, 'raw_data') })
  const db = openDatabase(String(readRunFile(folder, 'database')['url']), { name: 'bench', max: 1 })
  try {
    await installDemo(db, { devices: demoDevices(plant.connections, equipment), broker: demoBroker(BROKER, port) })
    await until(
      'a value of every tag',
      async () => ((await db.query('select from latest where value is not null')).length === tags * equipment.length ? true : undefined),
      180_000,
    )
  } finally {
    await db.close()
  }
  await delay(seconds * 1000)
  const busy = await driversMebibytes()
  for (const [name, mebibytes] of idle)
    process.stdout.write(`${name.padEnd(15)} ${mebibytes} MiB PSS without a device, ${busy.get(name) ?? 0} MiB with ${tags} tags\n`)
  await installation.stop()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function driversMebibytes(): Promise<ReadonlyMap<string, number>> {
  const drivers = (await allRunning(folder)).filter(({ name }) => name.startsWith('driver-'))
  return new Map(drivers.map(({ name, pid }) => [name, Math.round(pssKilobytes(pid) / 1024)]))
}

/** One device of each protocol. */
function equipmentOf(tags: number): EquipmentPlan[] {
  const points = Array.from({ length: tags }, (_, index): RegisterPlan => ({
    name: `P${String(index + 1).padStart(4, '0')}`,
    unit: 'm',
    kind: 'analog',
    decimals: 2,
    type: 'float',
    register: index * 2,
    read: () => index + Math.random(),
  }))
  const reporting = (['opcua', 'iec104', 'mqtt', 'csv'] as const).map((protocol) => ({
    code: protocol.toUpperCase(),
    name: protocol,
    area: '',
    protocol,
    points,
  }))
  return [{ code: 'MODBUS', name: 'modbus', area: '', protocol: 'modbus', byteOrder: 'ABCD', points }, ...reporting]
}
