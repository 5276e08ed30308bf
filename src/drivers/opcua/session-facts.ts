import type { Conversation } from './conversation.ts'

export type Facts = Readonly<Record<string, string | number | boolean>>

/** What the diagnostics page shows of any session with a server. */
export function sessionFacts(conversation: Conversation): Facts {
  const { securityPolicy, securityMode } = conversation.config
  const contact = conversation.contact
  if (contact === undefined) return { Link: 'lost, being opened again' }
  const { server } = contact
  const { product, startTime, namespaces } = server.introduction
  const { read, browse, monitoredItems } = server.limits
  return {
    Link: 'open',
    Security: securityPolicy === 'None' ? 'None: everything in plain text' : `${securityPolicy}, ${securityMode}`,
    Server: product === '' ? 'does not tell' : product,
    'Server started': startTime === null ? 'does not tell' : new Date(startTime).toISOString(),
    Namespaces: namespaces.length,
    'Session time-out (s)': server.link.session.timeout / 1000,
    'Nodes per Read': read,
    'Nodes per Browse': browse,
    'Items per CreateMonitoredItems': monitoredItems,
    'Bytes received': server.link.bytes.read,
    'Bytes sent': server.link.bytes.written,
  }
}
