import { ConfigError } from '#base/errors.ts'
import type { JsonSchema } from '#drivers/driver.ts'
import { secretFieldsOf } from '#drivers/secret-fields.ts'
import { type SealedFields, sealFields, unsealFields } from '#host/secrets.ts'

/** What a form says of the secret fields: one left out stays as it is, an empty one is taken away. */
export interface GivenSecrets {
  /** Of this installation; see host/secrets.ts. */
  readonly key: Uint8Array
  readonly given: Readonly<Record<string, string>>
}

/** Secrets never stand among settings that are shown and exported. @throws ConfigError naming the field */
export function refuseMisplaced(schema: JsonSchema, settings: Readonly<Record<string, unknown>>): void {
  const misplaced = secretFieldsOf(schema).find((field) => field in settings)
  if (misplaced === undefined) return
  throw new ConfigError(misplaced, `${misplaced} is a secret.`, {
    remedy: 'Give it in its own field of the form (among the secrets); it never stands in a plant file.',
  })
}

/**
 * @param kept sealed, as they were saved before
 * @returns all secrets of the form, opened
 * @throws ConfigError naming a field that is no secret, or when the kept ones cannot be opened
 */
export function joinSecrets(schema: JsonSchema, { key, given }: GivenSecrets, kept: Uint8Array | null): Record<string, string> {
  const fields = secretFieldsOf(schema)
  const stranger = Object.keys(given).find((field) => !fields.includes(field))
  if (stranger !== undefined) throw new ConfigError(stranger, `There is no secret called ${stranger}.`)
  // secrets that cannot be opened any more do not stand in the way of entering all of them again
  const before = fields.every((field) => field in given) ? {} : unsealFields(key, kept)
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([field, text]) => text !== '' && fields.includes(field)))
}

export function sealSecrets({ key }: GivenSecrets, secrets: Readonly<Record<string, string>>): SealedFields {
  return sealFields(key, secrets)
}
