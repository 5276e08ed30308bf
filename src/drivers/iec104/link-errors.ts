import { DriverError } from '#base/errors.ts'
import { nameOf, type Endpoint, type Peer } from '../open-tcp.ts'

export const STATION: Peer = {
  called: 'station',
  whenRefused: 'Check the port (usually 2404) and that IEC 60870-5-104 is switched on in the station.',
}

/** The link to a station ended. @param what goes on after "the station": it closed the connection */
export function linkError(endpoint: Endpoint, fault: 'connect' | 'timeout' | 'protocol', what: string): DriverError {
  const remedies = {
    connect: 'If that comes again and again, another controlling station may be taking over the link: a station serves one at a time.',
    timeout: 'Check the cable, the power of the station and the quality of the line. On a slow line t1 may be too short.',
    protocol: 'Check that the port belongs to IEC 60870-5-104, and that nothing between us and the station changes its telegrams.',
  }
  return new DriverError(fault, `The link to ${nameOf(endpoint)} was ended: ${what}`, { remedy: remedies[fault] })
}

/** A connection that was accepted came to nothing before the transfer was started. */
export function notStartedError(endpoint: Endpoint, what: string): DriverError {
  return new DriverError('refused', `The connection to ${nameOf(endpoint)} is accepted, but ${what}`, {
    remedy:
      'Enter the IP address of this computer in the list of controlling stations (masters) of the station, and check that no other one holds its link.',
  })
}

/** What answers there is no station at all. */
export function notSpokenError(endpoint: Endpoint, what: string): DriverError {
  return new DriverError('protocol', `The connection to ${nameOf(endpoint)} is accepted, but ${what}`, {
    remedy: `Check the host and the port: 2404 on nearly all stations. Something else listens at ${endpoint.port}.`,
  })
}

/** @param holder code of a device that has the link already */
export function busyError(endpoint: Endpoint, holder: string): DriverError {
  return new DriverError('busy', `The link to ${nameOf(endpoint)} is held by the device ${holder} with other settings`, {
    remedy: `A station has one link. Give both devices the same settings except for the common address, or put the tags into ${holder}.`,
  })
}
