import { createServer } from 'node:net'
import { ConfigError, asError } from '#base/errors.ts'

const USUAL = [80, 8080] as const

/**
 * Asks before anything is started whether the web page will get its port; between two starts of ours nobody holds it.
 * @param wish the configured port; undefined means that one of the usual ones must be free; 0 is always free
 * @throws ConfigError naming the port and why it cannot be had
 */
export async function requireFreePort(wish: number | undefined): Promise<void> {
  const problems: string[] = []
  for (const port of wish === undefined ? USUAL : [wish]) {
    const problem = await whyNot(port)
    if (problem === undefined) return
    problems.push(`Port ${port} ${problem}.`)
  }
  throw new ConfigError('SYNCTIDE_HTTP_PORT', problems.join(' '), {
    remedy: 'Choose another port for the web page with SYNCTIDE_HTTP_PORT.',
  })
}

/** @returns a port on loopback that nobody holds now */
export async function pickFreePort(): Promise<number> {
  const server = createServer()
  return await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function whyNot(port: number): Promise<string | undefined> {
  // "::" takes IPv4 as well; without IPv6 in the machine only the other is there
  const problem = await tryOn(port, '::')
  const code = problem?.code === 'EAFNOSUPPORT' || problem?.code === 'EADDRNOTAVAIL' ? (await tryOn(port, '0.0.0.0'))?.code : problem?.code
  if (code === undefined) return undefined
  if (code === 'EADDRINUSE') return 'is taken by another program'
  return code === 'EACCES' ? 'is not allowed for this account' : `cannot be had (${code})`
}

async function tryOn(port: number, host: string): Promise<{ code: string } | undefined> {
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', (error) => {
      const code: unknown = Object.getOwnPropertyDescriptor(error, 'code')?.value
      resolve({ code: typeof code === 'string' ? code : asError(error).message })
    })
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
