import { z } from 'zod'
import { InvalidRequest } from '#base/errors.ts'
import type { DevicePlan, DriverAction, SessionContext } from '../driver.ts'
import { BlockReader, type ReaderPoint } from './block-reader.ts'
import type { ModbusConfig, ModbusPoint } from './config.ts'
import type { Layout } from './core/decode.ts'
import { exceptionText } from './core/pdu.ts'
import type { LinkPool } from './link-pool.ts'
import { readTogether } from './read-together.ts'

const request = z
  .strictObject({
    functionCode: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    /** Address of the first register or bit, counted from 0. */
    start: z.int().min(0).max(65535),
    count: z.int().min(1).max(125),
    /** Addresses that were refused before and are not asked again. */
    skip: z.array(z.int()).max(125).default([]),
  })
  .refine((body) => body.start + body.count <= 0x10000, 'That reaches beyond address 65535, the last one.')

/** What stands in a span of registers or bits. */
export interface RegisterRead {
  readonly start: number
  /** Unsigned 16-bit words, or 0 and 1; null where the device refuses to answer. */
  readonly values: readonly (number | null)[]
  /** Why, for each null. */
  readonly holes: readonly { readonly address: number; readonly problem: string }[]
  readonly millis: number
}

const word: Layout = { dataType: 'uint16', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }

/**
 * Reads raw registers for the explorer, over the link that is open to the gateway where there is one. A refused span is halved until
 * the addresses that do not exist stand alone, or are halves of a value that the device gives only whole.
 */
export function readRegisters(pool: LinkPool): DriverAction<ModbusConfig, ModbusPoint> {
  return {
    async run(plan: DevicePlan<ModbusConfig, ModbusPoint>, body: unknown, context: SessionContext): Promise<RegisterRead> {
      const parsed = request.safeParse(body)
      if (!parsed.success) {
        const [issue] = parsed.error.issues
        throw new InvalidRequest(issue?.message ?? 'This is no span of registers.', {
          field: issue?.path.join('.') ?? '',
          cause: parsed.error,
        })
      }
      const { functionCode, start, count, skip } = parsed.data
      const known = new Set(skip)
      const points = Array.from({ length: count }, (_, index) => start + index)
        .filter((address) => !known.has(address))
        .map((address): ReaderPoint => {
          const at = { functionCode, start: address }
          return { ...at, count: 1, address: { ...at, bit: null }, layout: word, tagId: address }
        })
      const { host, port, connectTimeoutMillis } = plan.config
      const link = pool.acquire({ host, port }, context.clock)
      try {
        await link.open(connectTimeoutMillis, context.signal)
        // what is not asked for is a known hole: it may not be read along either
        const reader = new BlockReader(link, { ...plan.config, maxGap: 0 }, points, plan.device.timeoutMillis, {
          clock: context.clock,
          recall: () => undefined,
          remember: () => undefined,
        })
        const started = context.clock.mono()
        const readings = await reader.readAll(context.signal)
        const refused = [...readings]
          .flatMap(([address, { statusCode }]) => (statusCode === null ? [] : [address]))
          .toSorted((a, b) => a - b)
        const together =
          functionCode < 3
            ? new Map<number, number>()
            : await readTogether(refused, { start, end: start + count }, async (from, size) => {
                return await reader.readRaw({ functionCode, start: from, count: size }, context.signal)
              })
        const millis = Math.round(context.clock.mono() - started)
        const values = Array.from({ length: count }, (_, index) => {
          const value = readings.get(start + index)?.value ?? together.get(start + index) ?? null
          return value === null ? null : Number(value)
        })
        const holes = [...readings].flatMap(([address, { statusCode }]) =>
          statusCode === null || together.has(address) ? [] : [{ address, problem: exceptionText(statusCode) }],
        )
        return { start, values, holes: holes.toSorted((a, b) => a.address - b.address), millis }
      } finally {
        await pool.release(link)
      }
    },
  }
}
