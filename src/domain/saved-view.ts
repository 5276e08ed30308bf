import type { Role } from './user.ts'

/** Pages whose address is a view that people keep. */
export const VIEW_PAGES = ['trends', 'alarms'] as const
export type ViewPage = (typeof VIEW_PAGES)[number]

/** Who may keep a view for everybody: what a whole shift takes for the list of its alarms is not for each operator to say. */
export const SHARES_VIEWS: Readonly<Record<ViewPage, Role>> = { trends: 'operator', alarms: 'engineer' }
