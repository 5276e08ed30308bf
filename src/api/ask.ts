import { ConfigError, DRIVER_FAULTS, DriverError, type SyncTideError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { driverProcess } from '#domain/device.ts'
import type { InquiryKind } from '#drivers/inquiry.ts'
import type { Database } from '#store/database.ts'
import { type RequestFailure, createRequest, takeReply } from '#store/requests.ts'

/**
 * Asks the process of a protocol and waits for its answer; nothing of it stays in the table of requests.
 * @throws DriverError, ConfigError as the driver threw it; DriverError('timeout') when the process does not answer
 */
export async function ask(
  db: Database,
  protocol: string,
  request: { readonly kind: InquiryKind; readonly body: Readonly<Record<string, unknown>> },
  patience: Millis,
): Promise<unknown> {
  const target = driverProcess(protocol)
  const id = await createRequest(db, { ...request, target }, Math.ceil(patience / 1000))
  const reply = await takeReply(db, id, patience)
  if (reply === undefined) {
    throw new DriverError('timeout', `The process ${target} did not answer within ${Math.round(patience / 1000)} s.`, {
      remedy: 'See under System whether it is running; its log says what keeps it.',
    })
  }
  // both were written by our own driver process
  if (reply.state === 'failed') throw errorOf(reply.result as RequestFailure)
  return reply.result
}

/** The error as the driver threw it, on this side of the table. */
function errorOf({ problem, remedy, code, field }: RequestFailure): SyncTideError {
  const options = remedy === undefined ? {} : { remedy }
  if (code === 'config_invalid') return new ConfigError(field ?? '', problem, options)
  return new DriverError(DRIVER_FAULTS.find((fault) => code === `driver_${fault}`) ?? 'protocol', problem, options)
}
