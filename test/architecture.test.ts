import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { breachesOf, cyclesOf, parseRoomTable, type SourceFile } from './support/architecture.ts'

const root = join(import.meta.dirname, '..')
const table = parseRoomTable(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))

function filesUnder(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules') && !relative(root, path).startsWith('web/dist'))
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
}

const source = [...filesUnder('src'), ...filesUnder('web')]

test('every room of the table exists and every room is in the table', () => {
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  assert.deepEqual([...table.keys()].sort(), rooms.sort())
})

test('no import breaks the table', () => {
  assert.deepEqual(breachesOf(source, table), [])
})

test('no cycle between files', () => {
  assert.deepEqual(cyclesOf(source), [])
})

test('SQL stands only in store', () => {
  const sql = /\b(select\s+[\w*,."\s]+\s+from\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s)/i
  const breaches = source
    .filter((file) => file.path.startsWith('src/') && !file.path.startsWith('src/store/') && !file.path.endsWith('.test.ts'))
    .filter((file) => sql.test(file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    .map((file) => file.path)
  assert.deepEqual(breaches, [])
})

test('the walk from register to screen names files and functions that exist', () => {
  const walk = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const steps = [...walk.matchAll(/^ {4}[ \d]\d (\S+\.ts)\s+(\w+)\(\)/gm)]
  assert.ok(steps.length >= 18, 'the walk is there')
  for (const [, file, name] of steps) {
    assert.ok(file !== undefined && name !== undefined)
    const path = file.startsWith('web/') ? file : `src/${file}`
    const found = source.find((one) => one.path === path)
    assert.ok(found !== undefined, `${path} exists`)
    assert.match(found.text, new RegExp(`\\b${name}\\b`), `${name} stands in ${path}`)
  }
})

const planted: readonly { breach: string; file: SourceFile }[] = [
  { breach: 'an upward import', file: { path: 'src/store/planted.ts', text: `import { x } from '#alarm/engine.ts'` } },
  { breach: 'a room that is not in the row', file: { path: 'src/notify/planted.ts', text: `import { x } from '#alarm/engine.ts'` } },
  { breach: 'a package outside its room', file: { path: 'src/alarm/planted.ts', text: `import pg from 'pg'` } },
  { breach: 'node: in a pure core', file: { path: 'src/alarm/core/planted.ts', text: `import { readFileSync } from 'node:fs'` } },
  { breach: 'node: in base', file: { path: 'src/base/planted.ts', text: `import 'node:fs'` } },
  { breach: 'another protocol', file: { path: 'src/drivers/opcua/planted.ts', text: `import { x } from '../modbus/driver.ts'` } },
  { breach: 'a shell from a core', file: { path: 'src/alarm/core/planted.ts', text: `export { x } from '../engine.ts'` } },
  { breach: 'a dynamic import', file: { path: 'src/domain/planted.ts', text: `const x = await import('#store/database.ts')` } },
  { breach: 'a relative way into another room', file: { path: 'src/alarm/planted.ts', text: `import { x } from '../notify/engine.ts'` } },
  { breach: 'server code in the web', file: { path: 'web/src/planted.tsx', text: `import { x } from '#store/database.ts'` } },
  {
    breach: 'a value from the contract in the web',
    file: { path: 'web/src/planted.tsx', text: `import { contract } from '#api/contract/contract.ts'` },
  },
]

for (const { breach, file } of planted) {
  test(`the check bites: ${breach}`, () => {
    assert.equal(breachesOf([file], table).length, 1, `${file.path}: ${file.text}`)
  })
}

test('the check bites: a cycle', () => {
  const cycle = [
    { path: 'src/base/a.ts', text: `import { b } from './b.ts'` },
    { path: 'src/base/b.ts', text: `import { a } from './a.ts'` },
  ]
  assert.equal(cyclesOf(cycle).length, 1)
})

test('the check lets through what the table allows', () => {
  const fine: SourceFile[] = [
    { path: 'src/notify/fine.ts', text: `import { acknowledge } from '#alarm/commands.ts'\nimport { z } from 'zod'` },
    { path: 'src/api/fine.ts', text: `import cookie from '@fastify/cookie'\nimport { x } from '#notify/engine.ts'` },
    {
      path: 'web/src/fine.tsx',
      text: `import type { Contract } from '#api/contract/contract.ts'\nimport { GOOD } from '#domain/sample.ts'`,
    },
  ]
  assert.deepEqual(breachesOf(fine, table), [])
})

test('no registry host stands in the lock file', () => {
  assert.doesNotMatch(readFileSync(join(root, 'package-lock.json'), 'utf8'), /"resolved"|https?:\/\/registry/)
})

test('files keep the names a reader can guess', () => {
  const bad = /(^|\/)(utils?|helpers?|common|shared|lib|manager|service|handler|misc|types|constants|index)\.(ts|tsx)$/
  assert.deepEqual(
    source.map((file) => file.path).filter((path) => bad.test(path) || bad.test(`${dirname(path)}.ts`)),
    [],
  )
})
