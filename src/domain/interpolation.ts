import type { Micros } from '#base/time.ts'
import { type Tag, TagKind } from './device.ts'

/**
 * What a tag was between two of its samples (OPC UA Part 11, property Stepped; Part 13, 3.1.5 and 3.1.6): the earlier value until the later
 * one came, or on the straight line from one to the other.
 */
export const Interpolation = { Stepped: 'stepped', Sloped: 'sloped' } as const
export type Interpolation = (typeof Interpolation)[keyof typeof Interpolation]

/**
 * States and texts step. So does what tells its changes alone, a source that reports by exception or a formula: nothing came because
 * nothing changed, and a line to the next value would show a ramp that never was.
 * @param tellsChanges of the tag's protocol
 */
export function interpolationOf(tag: Pick<Tag, 'kind' | 'formula'>, tellsChanges: boolean): Interpolation {
  if (tag.kind === TagKind.Digital || tag.kind === TagKind.Text) return Interpolation.Stepped
  return tellsChanges || (tag.formula ?? '') !== '' ? Interpolation.Stepped : Interpolation.Sloped
}

/** A sample, of any clock; null where it is Bad or has no number. */
export interface Point {
  readonly at: Micros
  readonly value: number | null
}

/**
 * The value at an instant (Part 13, 5.4.3.4 Interpolative), null where nothing is known. Where what follows is Bad or not there yet, the last
 * value holds (SteppedExtrapolation); over a Bad sample nothing does.
 * @param before the last sample at the instant or before it
 * @param after the first one after it
 */
export function interpolate(at: Micros, before: Point | undefined, after: Point | undefined, interpolation: Interpolation): number | null {
  if (before === undefined || before.value === null) return null
  if (interpolation === Interpolation.Stepped || before.at === at || after === undefined || after.value === null) return before.value
  return before.value + ((at - before.at) / (after.at - before.at)) * (after.value - before.value)
}
