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
    else if (key === 'choices' && typeof value === 'object' && value !== null)
      for (const title of Object.values(value)) found.add(String(title))
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
  const titles = [...drivers.flatMap((driver) => driver?.title ?? []), ...CHANNELS.map((channel) => channel.title)]
  const served = schemas.reduce<Set<string>>((found, schema) => wordsOf(schema, found), new Set(titles))
  assert.ok(served.size > 30)
  for (const words of [ptSchema, esSchema]) assert.deepEqual(Object.keys(words).toSorted(), [...served].toSorted())
})

/** Names that are the same to everybody. */
const PROPER = ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']

test('every choice in the form of a device is called something, not its raw value', async () => {
  for (const protocol of PROTOCOLS) {
    const driver = await loadDriver(protocol)
    for (const schema of [driver?.connectionSchema, driver?.tagSchema, driver?.shared?.schema ?? {}]) {
      const properties = (schema?.['properties'] ?? {}) as Readonly<Record<string, Choice>>
      for (const [name, field] of Object.entries(properties)) {
        const values = [...(field.enum ?? []), ...(field.anyOf ?? []).flatMap((one) => (one.const === undefined ? [] : [one.const]))]
        const nameless = values.filter((value) => field.choices?.[String(value)] === undefined && !PROPER.includes(String(value)))
        assert.deepEqual(nameless, [], `${protocol}: ${name}`)
      }
    }
  }
})
interface Choice {
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly { readonly const?: unknown }[]
  readonly choices?: Readonly<Record<string, string>>
}
