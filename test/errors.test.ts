import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as errors from '#base/errors.ts'
import { esErrors } from '../web/src/i18n/es/errors.ts'
import { ptErrors } from '../web/src/i18n/pt/errors.ts'

function codesOfTheProgram(): string[] {
  return [
    new errors.ConfigError('field', '').code,
    ...errors.DRIVER_FAULTS.map((fault) => new errors.DriverError(fault, '').code),
    ...errors.STORE_FAULTS.map((fault) => new errors.StoreError(fault, '').code),
    ...errors.CHANNEL_FAULTS.map((fault) => new errors.ChannelError(fault, '').code),
    new errors.NotAllowed('').code,
    new errors.NotLoggedIn('').code,
    new errors.NotFound('').code,
    new errors.InvalidRequest('').code,
    new errors.Conflict('').code,
    new errors.TooManyRequests('', 1).code,
    new errors.BackupRefused('').code,
    new errors.BugError('').code,
  ]
}

const classes = Object.values(errors).filter((one) => typeof one === 'function' && one.prototype instanceof errors.SyncTideError)

const rows = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && cells[1]?.startsWith('`'))

test('docs/errors.md lists exactly the codes of the program', () => {
  assert.deepEqual(new Set(rows.map((cells) => cells[1]?.replaceAll('`', ''))), new Set(codesOfTheProgram()))
  assert.equal(rows.length, codesOfTheProgram().length, 'each code once')
})

test('each code has a cause and a remedy', () => {
  for (const [, code, cause, remedy] of rows) assert.ok((cause?.length ?? 0) > 10 && (remedy?.length ?? 0) > 3, `${code}`)
})

test('each code is explained in Portuguese and Spanish on the pages', () => {
  for (const words of [ptErrors, esErrors]) assert.deepEqual(Object.keys(words).toSorted(), codesOfTheProgram().toSorted())
})

test('every error class is counted above', () => {
  assert.equal(classes.length, 12)
})
