import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createDriver } from '#drivers/opcua/driver.ts'
import { opcuaPlan } from '../test/support/opcua-device.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { pssKilobytes } from './machine.ts'

// A process with nothing but the driver, for bench/opcua.ts: without a server's URL it has only read a configuration.
const [endpointUrl = '', tags = '0'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-opcua-'))
const nodes = Array.from({ length: Number(tags) }, (_, index) => [`nsu=urn:test:plant;s=P${String(index + 1).padStart(4, '0')}`] as const)
const plan = opcuaPlan({ endpointUrl: endpointUrl === '' ? 'opc.tcp://plc-1' : endpointUrl }, nodes)
const session = endpointUrl === '' ? undefined : await createDriver().connect(plan, recordedContext({ folder, emit: () => undefined }))
await delay(session === undefined ? 500 : 10_000)
process.send?.(`${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB RSS, ${Math.round(pssKilobytes(process.pid) / 1024)} MiB PSS`)
await session?.[Symbol.asyncDispose]()
rmSync(folder, { recursive: true, force: true })
process.exit()
