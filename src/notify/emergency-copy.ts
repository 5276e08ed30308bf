import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seal, unseal } from '#host/secrets.ts'
import { listContacts, type StoredContact } from '#store/contacts.ts'
import type { Queryable } from '#store/database.ts'
import { listGateways } from '#store/gateways.ts'
import { readSettings } from '#store/settings.ts'

/** All that is needed to tell people when there is no database to ask. */
export interface EmergencyCopy {
  readonly site: { readonly name: string; readonly timeZone: string }
  readonly contacts: readonly Pick<
    StoredContact,
    'id' | 'name' | 'language' | 'enabled' | 'minSeverity' | 'addresses' | 'deviceIds' | 'categories'
  >[]
  /** Their secrets are sealed by themselves, in base64. */
  readonly gateways: readonly {
    readonly channel: string
    readonly settings: Readonly<Record<string, unknown>>
    readonly secrets: string | null
  }[]
}

function pathOf(dataFolder: string): string {
  return join(dataFolder, 'run', 'emergency.sealed')
}

/** Whoever looks after the system, or where nobody does whoever is told of all devices, with the gateways by which they are reached. */
export async function readEmergencyContacts(db: Queryable): Promise<EmergencyCopy> {
  const { site } = await readSettings(db)
  const enabled = (await listContacts(db)).filter((one) => one.enabled)
  const contacts = enabled.some((one) => one.systemMessages)
    ? enabled.filter((one) => one.systemMessages)
    : enabled.filter((one) => one.deviceIds === null)
  const gateways = (await listGateways(db)).filter((one) => one.enabled)
  return {
    site: { name: site.name, timeZone: site.timeZone },
    contacts: contacts.map(({ id, name, language, enabled, minSeverity, addresses, deviceIds, categories }) => ({
      id,
      name,
      language,
      enabled,
      minSeverity,
      addresses,
      deviceIds,
      categories,
    })),
    gateways: gateways.map(({ channel, settings, secrets }) => ({
      channel,
      settings,
      secrets: secrets === null ? null : Buffer.from(secrets).toString('base64'),
    })),
  }
}

/** Keeps the copy beside the program, sealed with the key of the installation, readable by this account only. */
export function writeEmergencyCopy(dataFolder: string, key: Uint8Array, copy: EmergencyCopy): void {
  mkdirSync(join(dataFolder, 'run'), { recursive: true, mode: 0o700 })
  const draft = `${pathOf(dataFolder)}.${process.pid}`
  writeFileSync(draft, seal(key, JSON.stringify(copy)), { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, pathOf(dataFolder))
}

/** @returns undefined when none was ever made. @throws ConfigError when the key is another one */
export function readEmergencyCopy(dataFolder: string, key: Uint8Array): EmergencyCopy | undefined {
  if (!existsSync(pathOf(dataFolder))) return undefined
  // sealed by ourselves
  return JSON.parse(unseal(key, readFileSync(pathOf(dataFolder)))) as EmergencyCopy
}

function markOf(dataFolder: string): string {
  return join(dataFolder, 'run', 'emergency.told')
}

/** Whether people were told of a trouble that is not over yet: a start after it says when it is. */
export function wasTold(dataFolder: string): boolean {
  return existsSync(markOf(dataFolder))
}

export function markTold(dataFolder: string, told: boolean): void {
  if (!told) return rmSync(markOf(dataFolder), { force: true })
  mkdirSync(join(dataFolder, 'run'), { recursive: true, mode: 0o700 })
  writeFileSync(markOf(dataFolder), '', { mode: 0o600 })
}
