import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface MailServer extends AsyncDisposable {
  readonly port: number
  /** Mails as they came, with the addresses they were for. */
  readonly mails: readonly { readonly to: readonly string[]; readonly raw: string; readonly text: string }[]
}

/**
 * An SMTP server on loopback. @param refused recipients it does not know @param port 0 chooses one @param token the access tokens that it
 * takes, and nobody without one
 */
export async function startMailServer(
  options: { refused?: readonly string[]; port?: number; token?: (token: string) => boolean } = {},
): Promise<MailServer> {
  const { token } = options
  const mails: { to: string[]; raw: string; text: string }[] = []
  const server = new SMTPServer({
    authOptional: token === undefined,
    authMethods: ['XOAUTH2'],
    allowInsecureAuth: true,
    disabledCommands: token === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    onAuth(auth, _session, callback) {
      if (token?.(auth.accessToken ?? '') === true) return callback(null, { user: auth.username ?? '' })
      callback(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } })
    },
    logger: false,
    onRcptTo(address, _session, callback) {
      if (!(options.refused ?? []).includes(address.address)) return callback()
      callback(Object.assign(new Error('no such person here'), { responseCode: 550 }))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        mails.push({ to: session.envelope.rcptTo.map((one) => one.address), raw, text: plain(raw) })
        callback()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

/** Quoted-printable undone, so that words and links read as written. */
function plain(raw: string): string {
  const bytes = raw
    .replace(/=\r?\n/g, '')
    .replace(/((?:=[0-9A-F]{2})+)/g, (run: string) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'))
  return bytes
}
