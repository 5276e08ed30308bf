import type { Micros } from '#base/time.ts'
import type { Value } from '#domain/sample.ts'
import type { InformationObject } from './asdu.ts'
import { TYPE_GROUPS, type MonitorType, type TypeGroup } from './type-table.ts'

/** The newest report of one information object under one kind of type. */
export interface SeenObject {
  readonly commonAddress: number
  readonly objectAddress: number
  type: MonitorType
  value: Value
  detail: number
  /** Packed, with the flags of its time. */
  quality: number
  /** By the station's clock where it sent one. */
  at: Micros
  receivedAt: Micros
  reports: number
}

/** A station with more objects than this is no station. */
const LIMIT = 100_000
const GROUPS = Object.keys(TYPE_GROUPS) as TypeGroup[]
const groupNumbers: Readonly<Record<string, number>> = Object.fromEntries(GROUPS.map((group, number) => [group, number]))

/** Everything that a station has reported, whether or not a tag wants it. */
export class StationView {
  readonly #objects = new Map<number, SeenObject>()

  report(commonAddress: number, type: MonitorType, object: InformationObject, at: Micros, flags: number, receivedAt: Micros): void {
    const key = (commonAddress * 0x100_0000 + object.objectAddress) * 16 + (groupNumbers[type.group] ?? 0)
    const seen = this.#objects.get(key)
    if (seen === undefined) {
      if (this.#objects.size >= LIMIT) return
      const { objectAddress, value, detail } = object
      const quality = object.quality | flags
      this.#objects.set(key, { commonAddress, objectAddress, type, value, detail, quality, at, receivedAt, reports: 1 })
      return
    }
    seen.reports++
    // a replayed event says nothing about how it stands now
    if (at < seen.at && receivedAt - seen.receivedAt < 60_000_000) return
    seen.type = type
    seen.value = object.value
    seen.detail = object.detail
    seen.quality = object.quality | flags
    seen.at = at
    seen.receivedAt = receivedAt
  }

  get size(): number {
    return this.#objects.size
  }

  /** Smallest first. */
  get commonAddresses(): readonly number[] {
    return [...new Set([...this.#objects.values()].map((seen) => seen.commonAddress))].toSorted((a, b) => a - b)
  }

  /** In the order of their addresses. @param commonAddress null for all */
  list(commonAddress: number | null): readonly SeenObject[] {
    return [...this.#objects.values()]
      .filter((seen) => commonAddress === null || seen.commonAddress === commonAddress)
      .toSorted((a, b) => a.commonAddress - b.commonAddress || a.objectAddress - b.objectAddress || a.type.typeId - b.type.typeId)
  }

  /** @returns the newest report under any type, or under the given one */
  find(commonAddress: number, objectAddress: number, group: TypeGroup | null): SeenObject | undefined {
    let newest: SeenObject | undefined
    for (const candidate of group === null ? GROUPS : [group]) {
      const seen = this.#objects.get((commonAddress * 0x100_0000 + objectAddress) * 16 + (groupNumbers[candidate] ?? 0))
      if (seen !== undefined && (newest === undefined || seen.receivedAt > newest.receivedAt)) newest = seen
    }
    return newest
  }
}
