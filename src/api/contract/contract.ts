import { annotationsContract } from './annotations.ts'
import { alarmContract } from './alarm.ts'
import { bulkContract } from './bulk.ts'
import { calculationContract } from './calculation.ts'
import { configureContract } from './configure.ts'
import { entryContract } from './entry.ts'
import { gapsContract } from './gaps.ts'
import { escalationContract } from './escalation.ts'
import { inquireContract } from './inquire.ts'
import { monitorContract } from './monitor.ts'
import { performanceContract } from './performance.ts'
import { occurrenceContract } from './occurrence.ts'
import { peopleContract } from './people.ts'
import { storageContract } from './storage.ts'
import { systemContract } from './system.ts'
import { trendContract } from './trend.ts'
import { viewsContract } from './views.ts'

/** Every route of the program, keyed by method and path: types, validation, rights and documentation come from here. */
export const contract = {
  ...entryContract,
  ...monitorContract,
  ...alarmContract,
  ...performanceContract,
  ...occurrenceContract,
  ...trendContract,
  ...viewsContract,
  ...gapsContract,
  ...annotationsContract,
  ...configureContract,
  ...calculationContract,
  ...bulkContract,
  ...inquireContract,
  ...peopleContract,
  ...escalationContract,
  ...storageContract,
  ...systemContract,
} as const

export type Contract = typeof contract
