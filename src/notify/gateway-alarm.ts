import type { Micros } from '#base/time.ts'
import { listContacts } from '#store/contacts.ts'
import type { Database } from '#store/database.ts'
import { markDown, markUp } from '#store/gateways.ts'
import { queueMessages, releaseWaiting } from '#store/messaging.ts'
import { wakeNotify } from '#store/outbox.ts'
import { recordEvent } from '#store/system-events.ts'
import { channelOf } from './channels/catalogue.ts'
import { chooseChannel } from './core/plan.ts'
import { words } from './core/words.ts'
import type { Words } from './core/words/wording.ts'
import type { Usable } from './next-channel.ts'

const LASTS: Micros = 3_600_000_000

/** A gateway does not work: told once for each outage, by the ways that are left, to whoever looks after the system. */
export async function gatewayDown(db: Database, channel: string, why: string, usable: Usable, now: Micros): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await markDown(tx, channel, now))) return
    await recordEvent(tx, { code: 'notify.gateway_down', severity: 'critical', detail: { channel, why } })
    // whoever has another way is told by that now
    await releaseWaiting(tx, channel, now)
    const failing = new Set([...usable.failing, channel])
    await tellSystem(tx, (say) => say.gatewayDown(channelOf(channel).title, why), { channels: usable.channels, failing }, now)
  })
}

/** It works again: what waited for it is sent at once. */
export async function gatewayUp(db: Database, channel: string, usable: Usable, now: Micros): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await markUp(tx, channel))) return
    await recordEvent(tx, { code: 'notify.gateway_up', severity: 'info', detail: { channel } })
    await releaseWaiting(tx, channel, now)
    await tellSystem(tx, (say) => say.gatewayUp(channelOf(channel).title), usable, now)
  })
}

async function tellSystem(
  tx: Parameters<typeof queueMessages>[0],
  textOf: (say: Words) => string,
  { channels, failing }: Usable,
  now: Micros,
): Promise<void> {
  for (const contact of (await listContacts(tx)).filter((one) => one.enabled && one.systemMessages)) {
    const choice = chooseChannel(contact, { channels, failing }, new Set())
    if (choice === undefined) continue
    await queueMessages(tx, [
      {
        caseId: null,
        alarmEventId: null,
        kind: 'system',
        contactId: contact.id,
        contactName: contact.name,
        channel: choice.channel,
        address: choice.address,
        attempt: 1,
        state: 'queued',
        reason: choice.why,
        notAfter: now + LASTS,
        body: textOf(words(contact.language)),
      },
    ])
  }
  await wakeNotify(tx)
}
