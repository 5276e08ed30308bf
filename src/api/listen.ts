import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ConfigError, asError } from '#base/errors.ts'

const USUAL = 80
const OTHER = 8080

/**
 * Listens on all interfaces, since phones must reach it.
 * @param wish the configured port; undefined tries 80, then 8080; 0 takes a free one
 * @returns the port, and why it is not the usual one
 * @throws ConfigError when the port cannot be had
 */
export async function listenForPeople(
  server: FastifyInstance,
  wish: number | undefined,
): Promise<{ port: number; instead: string | null }> {
  if (wish !== undefined) return { port: await listen(server, wish), instead: null }
  try {
    return { port: await listen(server, USUAL), instead: null }
  } catch (error) {
    const reason = error instanceof ConfigError ? error.message : asError(error).message
    return { port: await listen(server, OTHER), instead: reason }
  }
}

async function listen(server: FastifyInstance, port: number): Promise<number> {
  const tryOn = async (host: string): Promise<void> => void (await server.listen({ port, host }))
  try {
    // "::" takes IPv4 as well, where IPv6 is not switched off
    await tryOn('::').catch(async (error: unknown) => {
      const code: unknown = Object.getOwnPropertyDescriptor(asError(error), 'code')?.value
      if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error
      await tryOn('0.0.0.0')
    })
    return (server.server.address() as AddressInfo).port
  } catch (error) {
    const code: unknown = Object.getOwnPropertyDescriptor(asError(error), 'code')?.value
    const why =
      code === 'EADDRINUSE' ? 'is taken by another program' : code === 'EACCES' ? 'is not allowed for this account' : asError(error).message
    throw new ConfigError('SYNCTIDE_HTTP_PORT', `Port ${port} ${why}.`, {
      cause: error,
      remedy: 'Choose another one with SYNCTIDE_HTTP_PORT.',
    })
  }
}
