const TITLES: Readonly<Record<string, string>> = {
  modbus: 'Modbus TCP',
  opcua: 'OPC UA',
  iec104: 'IEC 60870-5-104',
  mqtt: 'MQTT',
  csv: 'CSV',
}

/** The name people know a protocol by, the same in every language. */
export function protocolTitle(protocol: string): string {
  return TITLES[protocol] ?? protocol
}
