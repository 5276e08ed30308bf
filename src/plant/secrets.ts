import { ConfigError } from '#base/errors.ts'
import type { JsonSchema } from '#drivers/driver.ts'
import { destinationsOf, secretFieldsOf } from '#drivers/secret-fields.ts'
import { type SealedFields, sealFields, unsealFields } from '#host/secrets.ts'

/** What a form says of the secret fields: one left out stays as it is, an empty one is taken away. */
export interface GivenSecrets {
  /** Of this installation; see host/secrets.ts. */
  readonly key: Uint8Array
  readonly given: Readonly<Record<string, string>>
}

/** What is saved already, and the names of the secrets that are kept with it. */
export interface Saved {
  readonly settings: Readonly<Record<string, unknown>>
  readonly secretsSet: readonly string[]
}

/**
 * A secret that is kept goes to no other place by itself: who may enter an address, or try one, could have it sent to a machine of his own.
 * @param given secrets that the form brings, or takes away
 * @throws ConfigError naming the secret
 */
export function refuseElsewhere(
  schema: JsonSchema,
  saved: Saved,
  settings: Readonly<Record<string, unknown>>,
  given: GivenSecrets['given'] = {},
): void {
  const kept = saved.secretsSet.find((field) => !(field in given))
  const moved = destinationsOf(schema).some(({ name, otherwise }) => (saved.settings[name] ?? otherwise) !== (settings[name] ?? otherwise))
  if (kept === undefined || !moved) return
  throw new ConfigError(kept, 'The address is another one; what is kept secret for the old address does not go there by itself.', {
    remedy: 'Enter the password, or the key, again in the form; or go back to the old address.',
  })
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
