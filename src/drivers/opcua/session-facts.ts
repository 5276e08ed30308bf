import type { Conversation } from './conversation.ts'
import type { ItemOutcome } from './core/item-runs.ts'
import type { Watch } from './watch.ts'

export type Facts = Readonly<Record<string, string | number | boolean>>

/** What the diagnostics page shows of any session with a server. */
export function sessionFacts(conversation: Conversation): Facts {
  const { securityPolicy, securityMode } = conversation.config
  const contact = conversation.contact
  if (contact === undefined) return { 'State of the link': 'lost, being opened again' }
  const { server } = contact
  const { product, startTime, namespaces } = server.introduction
  const { read, browse, monitoredItems } = server.limits
  return {
    'State of the link': 'open and in use',
    'Security agreed': securityPolicy === 'None' ? 'None: everything in plain text' : `${securityPolicy}, ${securityMode}`,
    'Software of the server': product === '' ? 'does not tell' : product,
    'Server started': startTime === null ? 'does not tell' : new Date(startTime).toISOString(),
    'Namespaces of the server': namespaces.length,
    'Session time-out (s)': server.link.session.timeout / 1000,
    'Nodes per Read': read,
    'Nodes per Browse': browse,
    'Items per CreateMonitoredItems': monitoredItems,
  }
}

/** What it shows of one that watches. */
export function watchFacts(conversation: Conversation, points: number, { subscriptions, nodes, items }: Watch): Facts {
  const [subscription] = subscriptions
  const watched = items.filter((one) => one.status === 0)
  const tags = watched.reduce((sum, one) => sum + (nodes.get(one.handle)?.shares.length ?? 0), 0)
  return {
    ...sessionFacts(conversation),
    'Items watched': tags,
    'Items refused': points - tags,
    'Subscriptions open': subscriptions.length,
    ...(subscription === undefined
      ? {}
      : {
          'Publishing interval (ms)': subscription.pace.publishingInterval,
          'Keep-alive every (ms)': subscription.pace.publishingInterval * subscription.pace.maxKeepAliveCount,
          'Subscription lives without us (s)': Math.round(subscription.lifetime / 1000),
        }),
    ...spread('Sampling interval (ms)', (one) => one.samplingInterval, watched),
    ...spread('Queue per tag', (one) => one.queueSize, watched),
  }
}

function spread(name: string, of: (item: ItemOutcome) => number, items: readonly ItemOutcome[]): Facts {
  if (items.length === 0) return {}
  const values = items.map(of)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return { [name]: least === most ? least : `${least} – ${most}` }
}
