import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { allRunning } from '../support/process-tree.ts'
import { setUp, startInstallation, until } from '../support/installation.ts'

const CLI = join(fileURLToPath(new URL('../..', import.meta.url)), 'src/main/cli.ts')

test('the demo plant speaks every protocol, is broken and healed from the command line, and goes without a trace', async () => {
  await using installation = await startInstallation({ demo: true })
  await allRunning(installation.folder)
  const session = await setUp(installation)
  const environment = { ...process.env, SYNCTIDE_DATA: installation.folder }
  const fault = (...words: string[]): { code: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'demo', 'fault', ...words], { env: environment, encoding: 'utf8' })
    return { code: status, said: `${stdout}${stderr}`.trim() }
  }
  const status = async (code: string): Promise<string | undefined> => {
    const { devices, deviceStates } = await session.call('GET /api/bootstrap')
    const id = devices.find((one) => one.code === code)?.id
    return deviceStates.find((one) => one.deviceId === id)?.status
  }
  const becomes = async (code: string, wanted: RegExp): Promise<void> =>
    void (await until(`${code} to be ${String(wanted)}`, async () => (wanted.test((await status(code)) ?? '') ? true : undefined)))

  // one of each protocol
  for (const code of ['PS-01', 'BH-01', 'TP-01', 'EM-01', 'LB-01']) await becomes(code, /online/)
  assert.deepEqual(fault('PS-01', 'cable', '--seconds', '600'), { code: 0, said: 'PS-01: cable for 600 s.' })
  await becomes('PS-01', /error|quarantined/)
  assert.deepEqual(fault('PS-01', 'none'), { code: 0, said: 'PS-01 is well.' })
  await becomes('PS-01', /online|degraded/)
  assert.match(fault('PS-99', 'cable').said, /no device PS-99; it has BH-01/)
  assert.match(fault('PS-01', 'flood').said, /no fault flood; there are cable, silent, slow, exception, freeze, worn and none/)
  assert.equal(fault('PS-01', 'flood').code, 1)
  assert.equal(fault('EM-01', 'cable', '--seconds', '600').code, 0)
  await becomes('EM-01', /error/)

  const laboratory = join(installation.folder, 'raw_data/LB-01')
  const broker = join(installation.folder, 'broker/DEMO.json')
  assert.ok(existsSync(laboratory))
  await session.call('DELETE /api/demo')
  assert.deepEqual((await session.call('GET /api/bootstrap')).devices, [])
  assert.deepEqual(await session.call('GET /api/brokers'), [])
  await until('no file of the broker', () => (existsSync(broker) ? undefined : true))
  await until('no file of the laboratory', () => (existsSync(laboratory) ? undefined : true))
})
