import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ConfigError, asError } from '#base/errors.ts'

const USUAL = 80
const OTHER = 8080

export interface Listening {
  readonly port: number
  /** Why it is not the usual port. */
  readonly instead: string | null
}

/**
 * Listens on all interfaces, since phones must reach it.
 * @param wish the configured port; undefined tries 80, then 8080; 0 takes a free one
 * @param before where this server was found until now: where no port is configured it stays there, for tabs are open on it
 * @throws ConfigError when the port cannot be had
 */
export async function listenForPeople(server: FastifyInstance, wish: number | undefined, before?: Listening): Promise<Listening> {
  if (before !== undefined && (wish ?? 0) === 0) {
    // taken by somebody meanwhile: as at the first start
    const port = await listen(server, before.port).catch(() => undefined)
    if (port !== undefined) return before
  }
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
