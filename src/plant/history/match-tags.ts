import type { Device, Tag } from '#domain/device.ts'
import type { WantedColumn } from '#drivers/csv/core/row-reader.ts'

/** What the columns of a file, or the names in its tag column, stand for. */
export interface Matched {
  readonly wanted: readonly WantedColumn[]
  /** Names that no tag has. */
  readonly unknown: readonly string[]
}

/**
 * Finds the tags that names of a file mean: `PS-01:Flow`, or the name alone where the device is given, in both cases with a unit behind it in
 * brackets or without. Upper and lower case do not count.
 */
export function matchTags(names: readonly string[], devices: readonly Device[], tags: readonly Tag[], device: Device | null): Matched {
  const codes = new Map(devices.map((one) => [one.id, one.code]))
  const known = new Map<string, Tag>()
  for (const tag of tags) {
    known.set(`${codes.get(tag.deviceId)}:${tag.name}`.toLowerCase(), tag)
    if (tag.deviceId === device?.id) known.set(tag.name.toLowerCase(), tag)
  }
  const wanted: WantedColumn[] = []
  const unknown: string[] = []
  for (const name of names) {
    const plain = name.trim().toLowerCase()
    const tag = known.get(plain) ?? known.get(plain.replace(/\s*[([][^()[\]]*[)\]]$/, ''))
    if (tag === undefined) unknown.push(name)
    else wanted.push({ tagId: tag.id, address: name, kind: tag.kind })
  }
  return { wanted, unknown }
}
