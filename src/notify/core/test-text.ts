import type { Micros } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { CHAT, clip, SMS } from './digest-text.ts'
import { when, type MessageText, type SiteFacts } from './message-text.ts'
import { fillTemplate, type TestFields } from './template.ts'
import { words } from './words.ts'

/**
 * A test of a gateway.
 * @param of `who` tries it, by name
 * @param own the site's own text, where it wrote one
 */
export function testText(
  of: { readonly gateway: string; readonly who: string; readonly at: Micros },
  site: SiteFacts,
  language: MessageLanguage,
  own: string | undefined,
): MessageText {
  const fields: TestFields = { gateway: of.gateway, who: of.who, site: site.name, time: when(of.at, site.timeZone, language) }
  const say = words(language).test
  const text = own === undefined ? say : fillTemplate(own, fields)
  const chat = clip(text, CHAT.letters, CHAT.size)
  return {
    subject: `SyncTide: ${say}`,
    text: chat,
    lines: chat.split('\n').filter((line) => line !== ''),
    short: clip(text, SMS.letters, SMS.size),
  }
}
