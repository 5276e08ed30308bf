import type { Handlers } from '../handlers.ts'
import { annotationRoutes } from './annotations.ts'
import { alarmRoutes } from './alarm.ts'
import { bulkRoutes } from './bulk.ts'
import { calculationRoutes } from './calculation.ts'
import { configureRoutes } from './configure.ts'
import { entryRoutes } from './entry.ts'
import { gapRoutes } from './gaps.ts'
import { escalationRoutes } from './escalation.ts'
import { inquireRoutes } from './inquire.ts'
import { monitorRoutes } from './monitor.ts'
import { performanceRoutes } from './performance.ts'
import { occurrenceRoutes } from './occurrence.ts'
import { peopleRoutes } from './people.ts'
import { storageRoutes } from './storage.ts'
import { systemRoutes } from './system.ts'
import { trendRoutes } from './trend.ts'
import { viewRoutes } from './views.ts'

/** A handler for every route of the contract: one that is missing does not compile. */
export const handlers: Handlers = {
  ...entryRoutes,
  ...monitorRoutes,
  ...alarmRoutes,
  ...performanceRoutes,
  ...occurrenceRoutes,
  ...trendRoutes,
  ...viewRoutes,
  ...gapRoutes,
  ...annotationRoutes,
  ...configureRoutes,
  ...calculationRoutes,
  ...inquireRoutes,
  ...bulkRoutes,
  ...peopleRoutes,
  ...escalationRoutes,
  ...storageRoutes,
  ...systemRoutes,
}
