import type { Device } from '../api/replies.ts'

/** Where a device is found, in short: `10.20.4.25:502 · unit 1`, an endpoint, a broker with its node, a folder. */
export function placeOf({ code, protocol, connection }: Pick<Device, 'code' | 'protocol' | 'connection'>): string {
  const text = (name: string): string => (typeof connection[name] === 'string' ? connection[name] : '')
  const number = (name: string): number | null => (typeof connection[name] === 'number' ? connection[name] : null)
  const join = (parts: readonly (string | null)[], by = ' · '): string => parts.filter((part) => part !== null && part !== '').join(by)
  const host = text('host')
  const socket = host === '' ? '' : number('port') === null ? host : `${host}:${number('port')}`
  switch (protocol) {
    case 'opcua':
      return text('endpointUrl')
    case 'iec104':
      return join([socket, number('commonAddress') === null ? null : `CA ${number('commonAddress')}`])
    case 'mqtt':
      return join([text('broker'), text('topicPrefix') || join([text('groupId'), text('edgeNodeId'), text('deviceId')], '/')])
    case 'csv':
      return text('folder') || `raw_data/${code}`
    default:
      return join([socket, number('unitId') === null ? null : `unit ${number('unitId')}`])
  }
}
