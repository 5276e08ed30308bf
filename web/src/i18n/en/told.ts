import { TOLD_REASONS, type ToldReason } from '#domain/told-reason.ts'

type Told = { readonly [R in ToldReason as `told.${R}`]: (typeof TOLD_REASONS)[R] }
// fromEntries does not know what it makes
const told = Object.fromEntries(Object.entries(TOLD_REASONS).map(([reason, text]) => [`told.${reason}`, text])) as unknown as Told

/** Why somebody was told, or was not: as it is stored, so that both are one. */
export const enTold = { ...told, 'told.later': 'later' } as const
