import { DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { exceptionText, type ReadRequest } from './core/pdu.ts'
import { nameOf, type Endpoint, type Peer } from '../open-tcp.ts'

export const DEVICE: Peer = {
  called: 'device',
  whenRefused:
    'Check the port (usually 502), that Modbus TCP is switched on in the device, and that no other client holds its only connection.',
}

/** @returns the bytes on the stream cannot be Modbus TCP. */
export function notModbusError(endpoint: Endpoint, problem: string): DriverError {
  return new DriverError('protocol', `${nameOf(endpoint)} sends something other than Modbus TCP: ${problem}`, {
    remedy: 'Check the port, and that the device speaks Modbus TCP and not Modbus RTU over TCP.',
  })
}

/** @returns somebody else answered than who was asked. */
export function wrongUnitError(endpoint: Endpoint, asked: number, answered: number): DriverError {
  return new DriverError('protocol', `${nameOf(endpoint)} answered as unit ${answered} although unit ${asked} was asked`, {
    remedy: `Set the unit id to ${answered} if that is the device you mean.`,
  })
}

/** @returns an answer that is not one to `request`. */
export function malformedError(endpoint: Endpoint, unitId: number, request: ReadRequest, problem: string): DriverError {
  return new DriverError('protocol', `${nameOf(endpoint)}, unit ${unitId}, answered ${describe(request)} with ${problem}`, {
    remedy: 'A gateway that mixes up answers: lower "Requests in flight" to 1 and "Registers per request", and check for a second client.',
  })
}

/** @returns no answer in time. @param strangers answers that carried another transaction id meanwhile */
export function silenceError(
  endpoint: Endpoint,
  unitId: number,
  request: ReadRequest,
  timeoutMillis: Millis,
  strangers: number,
): DriverError {
  if (strangers > 0) {
    return new DriverError(
      'protocol',
      `${nameOf(endpoint)}, unit ${unitId}, answered ${describe(request)} with another transaction id than that of the request`,
      { remedy: 'Switch on "Ignore transaction id" in the settings of the device, if the gateway always does so.' },
    )
  }
  return new DriverError('timeout', `${nameOf(endpoint)}, unit ${unitId}, did not answer ${describe(request)} within ${timeoutMillis} ms`, {
    remedy: 'Check the unit id and that the device behind the gateway is powered; a slow device needs a longer time-out.',
  })
}

/** @returns the device hung up before it answered. */
export function hungUpError(endpoint: Endpoint, cause: Error | undefined): DriverError {
  return new DriverError('connect', `${nameOf(endpoint)} closed the connection before it answered`, {
    cause,
    remedy: 'Many devices serve only one or a few connections: close other clients. If it drops idle connections, set a heartbeat.',
  })
}

/** @returns we hung up ourselves. */
export function closedError(endpoint: Endpoint): DriverError {
  return new DriverError('connect', `The connection to ${nameOf(endpoint)} has been closed by us`)
}

/** @returns an exception reply as an error of the whole unit. */
export function unitError(endpoint: Endpoint, unitId: number, exceptionCode: number): DriverError {
  const who = `${endpoint.host}:${endpoint.port}, unit ${unitId}`
  if (exceptionCode === 0x0b) {
    return new DriverError('timeout', `${who}: the gateway answers, but the device behind it does not: ${exceptionText(exceptionCode)}`, {
      remedy: 'Check the unit id, the wiring behind the gateway and the power of the device.',
    })
  }
  return new DriverError('refused', `${who}: ${exceptionText(exceptionCode)}`, {
    remedy: 'Check the unit id and the settings of the gateway.',
  })
}

function describe(request: ReadRequest): string {
  return `function code ${request.functionCode}, address ${request.start}, quantity ${request.quantity}`
}
