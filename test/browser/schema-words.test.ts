import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadDriver, PROTOCOLS } from '#drivers/catalogue.ts'
import { CHANNELS } from '#notify/channels/catalogue.ts'
import { esSchema } from '../../web/src/i18n/es/schema.ts'
import { ptSchema } from '../../web/src/i18n/pt/schema.ts'

/** Every title and description below a schema. */
function wordsOf(schema: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found
  for (const [key, value] of Object.entries(schema)) {
    if ((key === 'title' || key === 'description') && typeof value === 'string') found.add(value)
    else wordsOf(value, found)
  }
  return found
}

test('every word of a served form is there in Portuguese and Spanish, and none that is served no more', async () => {
  const drivers = await Promise.all(PROTOCOLS.map((protocol) => loadDriver(protocol)))
  const schemas = [
    ...drivers.flatMap((driver) => [driver?.connectionSchema, driver?.tagSchema, driver?.shared?.schema]),
    ...CHANNELS.map((channel) => channel.schema),
  ]
  const served = schemas.reduce<Set<string>>((found, schema) => wordsOf(schema, found), new Set())
  assert.ok(served.size > 30)
  for (const words of [ptSchema, esSchema]) assert.deepEqual(Object.keys(words).toSorted(), [...served].toSorted())
})
