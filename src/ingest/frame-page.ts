import type { Micros } from '#base/time.ts'
import type { Driver, FrameDirection } from '#drivers/driver.ts'
import type { FrameRing } from './core/frame-ring.ts'
import { maskSecrets } from './core/mask-secrets.ts'

/** Some frames of the log in words. */
export interface FramePage {
  readonly frames: readonly {
    readonly seq: number
    readonly at: Micros
    readonly direction: FrameDirection
    readonly length: number
    readonly hex: string
    readonly text: string
  }[]
  readonly missed: number
}

/**
 * @param after `seq` of the last frame seen, 0 for none
 * @param secrets never shown in a frame
 */
export function framePage(ring: FrameRing, driver: Driver, secrets: readonly string[], after: number, limit: number): FramePage {
  const frames = ring.after(after, limit).map(({ bytes, ...frame }) => {
    const shown = maskSecrets(bytes, secrets)
    return { ...frame, hex: Buffer.from(shown).toString('hex'), text: wordsOf(driver, frame.direction, shown) }
  })
  return { frames, missed: ring.missedAfter(after) }
}

function wordsOf(driver: Driver, direction: FrameDirection, bytes: Uint8Array): string {
  try {
    return driver.describeFrame?.(direction, bytes) ?? ''
  } catch {
    return 'Not understood.'
  }
}
