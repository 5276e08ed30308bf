import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Schema } from './schema-check.ts'

/** A description of an HTTP API by OpenAPI. */
export interface OpenApi extends Schema {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation extends Schema {
  readonly parameters?: readonly { readonly name?: string; readonly in?: string; readonly schema?: Schema; readonly $ref?: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}

interface Content {
  readonly schema: Schema
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

interface BotField {
  readonly name: string
  readonly types: readonly string[]
  readonly required: boolean
}

/** The Bot API as data. */
export interface BotApi {
  readonly methods: Readonly<Record<string, { readonly fields?: readonly BotField[]; readonly returns: readonly string[] }>>
  readonly types: Readonly<Record<string, { readonly fields?: readonly BotField[]; readonly subtypes?: readonly string[] }>>
}

/**
 * Where the providers' own descriptions of their APIs lie: SYNCTIDE_TEST_PROVIDER_SPECS, else `../shared/specs` beside this project. They are
 * not part of it. undefined when they are not there.
 */
export function providerSpecs(): string | undefined {
  const folder = process.env['SYNCTIDE_TEST_PROVIDER_SPECS'] ?? fileURLToPath(new URL('../../../shared/specs', import.meta.url))
  return existsSync(join(folder, 'tg_api.json')) ? folder : undefined
}

export function telegramDescription(folder: string): BotApi {
  return JSON.parse(readFileSync(join(folder, 'tg_api.json'), 'utf8')) as BotApi
}

export function twilioDescription(folder: string): OpenApi {
  return JSON.parse(readFileSync(join(folder, 'twilio_api_v2010.json'), 'utf8')) as OpenApi
}

/** It is written in YAML, which Debian's Python reads. @throws Error without python3-yaml */
export function metaDescription(folder: string): OpenApi {
  const program = 'import json,sys,yaml;json.dump(yaml.load(open(sys.argv[1]),getattr(yaml,"CSafeLoader",yaml.SafeLoader)),sys.stdout)'
  const done = spawnSync('/usr/bin/python3', ['-c', program, join(folder, 'meta_wa.yaml')], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (done.status !== 0) throw new Error(`meta_wa.yaml cannot be read (Debian's python3-yaml is needed): ${done.stderr}`)
  return JSON.parse(done.stdout) as OpenApi
}

/** @returns what of a value is not as the Bot API describes it */
export function botDifferences(api: BotApi, value: unknown, types: readonly string[], path: string): string[] {
  const results = types.map((type) => ofType(api, value, type, path))
  // of several types the one that comes nearest is spoken of
  return results.toSorted((a, b) => a.length - b.length)[0] ?? [`${path}: nothing is described`]
}

/** The fields of a method or of an object: all that are required, none that is unknown. */
export function botFields(api: BotApi, given: Readonly<Record<string, unknown>>, fields: readonly BotField[], path: string): string[] {
  const missing = fields.filter((one) => one.required && given[one.name] === undefined).map((one) => `${path}.${one.name} is missing`)
  const found = Object.entries(given).flatMap(([name, value]) => {
    const field = fields.find((one) => one.name === name)
    return field === undefined ? [`${path}.${name} is not described`] : botDifferences(api, value, field.types, `${path}.${name}`)
  })
  return [...missing, ...found]
}

function ofType(api: BotApi, value: unknown, type: string, path: string): string[] {
  const list = /^Array of (.+)$/.exec(type)?.[1]
  if (list !== undefined) {
    if (!Array.isArray(value)) return [`${path} is no array`]
    return value.flatMap((one: unknown, index) => ofType(api, one, list, `${path}[${index}]`))
  }
  const is = (good: boolean): string[] => (good ? [] : [`${path}: ${JSON.stringify(value)} is no ${type}`])
  switch (type) {
    case 'Integer':
      return is(Number.isInteger(value))
    case 'Float':
      return is(typeof value === 'number')
    case 'String':
      return is(typeof value === 'string')
    case 'Boolean':
      return is(typeof value === 'boolean')
    case 'True':
      return is(value === true)
  }
  const described = api.types[type]
  if (described === undefined) return [`${path}: there is no type ${type}`]
  if (described.subtypes !== undefined) return botDifferences(api, value, described.subtypes, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no ${type}`]
  return botFields(api, value as Record<string, unknown>, described.fields ?? [], path)
}
