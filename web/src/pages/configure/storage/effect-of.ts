import type { CallReply } from '../../../api/client.ts'

/** What keeping so many days takes away; between two steps the one that takes less. */
export function effectOf(
  kept: CallReply<'GET /api/retention'>['samples'],
  days: number | null,
): CallReply<'GET /api/retention'>['samples']['effects'][number] | undefined {
  return days === null ? undefined : (kept.effects.find((one) => one.days >= days) ?? kept.effects.at(-1))
}
