import { enAccount } from './en/account.ts'
import { enEverywhere } from './en/everywhere.ts'
import { enMonitor } from './en/monitor.ts'

/** What the first page needs, whichever it is; the words of seldom visited pages come with them. */
export const enFirst = { ...enEverywhere, ...enMonitor, ...enAccount } as const
