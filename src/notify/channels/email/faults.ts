import { ChannelError, asError } from '#base/errors.ts'

/** @returns what went wrong in the words of people, with what to do about it */
export function asChannelError(thrown: unknown, place: string, recipient = ''): ChannelError {
  if (thrown instanceof ChannelError) return thrown
  const error = asError(thrown)
  const field = (name: string): unknown => Object.getOwnPropertyDescriptor(error, name)?.value
  const code = field('code')
  const response = field('responseCode')
  const said = typeof field('response') === 'string' ? String(field('response')) : error.message
  const status = typeof response === 'number' ? response : 0
  if (code === 'EAUTH' || status === 530 || status === 535) {
    return new ChannelError('auth', `${place} does not accept user and password: ${said}`, {
      remedy: 'Enter them again; Gmail and Microsoft want an app password.',
    })
  }
  if (code === 'ETLS' || /certificate|self.signed|ssl|tls|wrong version number/i.test(error.message)) {
    return new ChannelError('unreachable', `No secure connection to ${place}: ${error.message}`, {
      remedy: 'Port 465 goes with tls, 587 with starttls; the certificate must fit the name of the server.',
    })
  }
  if (code === 'EENVELOPE' && recipient !== '' && (field('command') === 'RCPT TO' || status === 550))
    return refusedRecipient(recipient, said, status)
  if (status >= 500) {
    return new ChannelError('rejected', `${place} refuses the message: ${said}`, { remedy: 'Check the sender address of the gateway.' })
  }
  if (status >= 400) return new ChannelError('rejected', `${place} does not take the message now: ${said}`, { retriable: true })
  return new ChannelError('unreachable', `${place} does not answer: ${error.message}`, {
    remedy: 'Check server, port and security of the e-mail gateway, and that a firewall lets this machine through.',
  })
}

export function refusedRecipient(recipient: string, said: string, status = 550): ChannelError {
  const temporary = status >= 400 && status < 500
  return new ChannelError(
    temporary ? 'rejected' : 'address',
    `${recipient} is refused by the mail server${said === '' ? '.' : `: ${said}`}`,
    {
      retriable: temporary,
      remedy: 'Correct the address of the contact; inside a plant the server may refuse to pass mail on (relay).',
    },
  )
}
