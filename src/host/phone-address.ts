import { networkInterfaces } from 'node:os'

/** @returns where another machine finds the web page on this port; undefined without a network */
export function phoneAddress(port: number): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  const own = addresses.find((one) => one.family === 'IPv4' && !one.internal)
  return own === undefined ? undefined : `http://${own.address}${port === 80 ? '' : `:${port}`}`
}
