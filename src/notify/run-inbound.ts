import { setTimeout as delay } from 'node:timers/promises'
import { ChannelError, StoreError, SyncTideError, asError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { holdLock } from '#store/advisory-lock.ts'
import { keepGatewayState, listGateways, type StoredGateway } from '#store/gateways.ts'
import { channelOf } from './channels/catalogue.ts'
import { runAuditor } from './auditor.ts'
import { ChannelReader, type InboundContext } from './channel-reader.ts'
import { openSettings } from './gateways.ts'
import { Wake } from './wake.ts'

const LOOK_MILLIS: Millis = 5000
const PAUSES_MILLIS = [1000, 2000, 5000, 15_000, 30_000] as const

interface Poller {
  readonly fingerprint: string
  readonly stop: AbortController
  readonly ended: Promise<void>
  /** Something came by another way. */
  readonly wake: Wake
}

/** Runs until the signal aborts: one reader for each channel on which people answer. */
export async function runInbound(context: InboundContext): Promise<void> {
  const { db, log, signal } = context
  const wake = new Wake()
  const pollers = new Map<string, Poller>()
  await using _config = db.listen('config', () => wake.now())
  await using _pushed = db.listen('inbound', (channel) => pollers.get(channel)?.wake.now())
  const auditor = runAuditor(context)
  while (!signal.aborted) {
    try {
      await follow(context, pollers, await listGateways(db))
    } catch (error) {
      log.warn('inbound.interrupted', { error: asError(error) })
    }
    await wake.wait(LOOK_MILLIS, signal)
  }
  for (const poller of pollers.values()) poller.stop.abort()
  await Promise.all([auditor, ...[...pollers.values()].map((one) => one.ended)])
}

async function follow(context: InboundContext, pollers: Map<string, Poller>, gateways: readonly StoredGateway[]): Promise<void> {
  const enabled = gateways.filter((one) => one.enabled)
  const fingerprintOf = (one: StoredGateway): string =>
    JSON.stringify([
      one.settings,
      one.secrets === null ? null : Buffer.from(one.secrets).toString('hex'),
      enabled.map((two) => two.channel),
    ])
  for (const [channel, poller] of pollers) {
    const gateway = enabled.find((one) => one.channel === channel)
    if (gateway !== undefined && fingerprintOf(gateway) === poller.fingerprint) continue
    pollers.delete(channel)
    poller.stop.abort()
    await poller.ended
  }
  const channels = new Set(enabled.map((one) => one.channel))
  for (const gateway of enabled) {
    if (pollers.has(gateway.channel)) continue
    const stop = new AbortController()
    const wake = new Wake()
    const ended = pollChannel({ ...context, signal: AbortSignal.any([context.signal, stop.signal]) }, gateway, channels, wake)
    pollers.set(gateway.channel, { fingerprint: fingerprintOf(gateway), stop, ended, wake })
  }
}

/** Until stopped or reconfigured; comes back after every failure. */
async function pollChannel(context: InboundContext, gateway: StoredGateway, channels: ReadonlySet<string>, wake: Wake): Promise<void> {
  const { db, key, signal } = context
  const { channel } = gateway
  const kind = channelOf(channel)
  if (kind.parse === undefined) return
  const log = context.log.with({ channel })
  for (let failures = 0; !signal.aborted;) {
    try {
      const settings = openSettings(key, gateway)
      await using session = kind.open(settings)
      // a bot has exactly one reader
      await using lock = await holdLock(db, `inbound ${channel}`, signal)
      const held = { ...context, log, signal: AbortSignal.any([signal, lock.lost]) }
      const reader = new ChannelReader(held, { kind, settings, usable: { channels, failing: new Set() } }, session, wake)
      await reader.run(() => (failures = 0))
    } catch (error) {
      if (signal.aborted) return
      failures++
      const wished = error instanceof ChannelError ? (error.retryAfterSeconds ?? 0) * 1000 : 0
      const pause = Math.max(wished, PAUSES_MILLIS[Math.min(failures, PAUSES_MILLIS.length) - 1] ?? 1000)
      log.warn('inbound.not_read', { failures, error: asError(error) })
      if (error instanceof SyncTideError && !(error instanceof StoreError)) {
        await keepGatewayState(db, channel, { problem: error.message }).catch(() => undefined)
      }
      await delay(pause, undefined, { signal }).catch(() => undefined)
    }
  }
}
