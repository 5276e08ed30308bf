import { ConfigError } from '#base/errors.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { besideList, CHAT, SMS } from './digest-text.ts'
import { SMS_PARTS, smsParts, toGsm7 } from './gsm7.ts'
import { read } from './reply.ts'
import { PLACE, TEMPLATE_FIELDS, type MessageTemplate } from './template.ts'
import { previewOf, PREVIEW_NUMBERS } from './template-preview.ts'
import { words } from './words.ts'

/** What a list keeps of a message, whatever else it says: the first alarm, and how many more there are. */
const LIST_ROOM = { full: 300, short: 80 }

/**
 * @throws ConfigError naming `templates[n].text`: for a place that does not exist, an alarm without its number, several alarms without
 * their list or how to answer, what leaves no room for the list or needs too many SMS, or a text that would acknowledge itself when a phone
 * sends it back
 */
export function checkTemplates(templates: readonly MessageTemplate[]): void {
  templates.forEach((template, index) => {
    const problem = problemOf(template)
    if (problem !== undefined) throw new ConfigError(`templates[${index}].text`, problem.message, { remedy: problem.remedy })
  })
}

interface Problem {
  readonly message: string
  readonly remedy: string
}

function problemOf(template: MessageTemplate): Problem | undefined {
  const { kind, style, text } = template
  const fields = TEMPLATE_FIELDS[kind]
  const named = [...text.matchAll(PLACE)].map((match) => match[1] ?? '')
  const stranger = named.find((name) => !fields.includes(name))
  if (stranger !== undefined) return { message: `There is no {${stranger}}.`, remedy: `Use ${fields.map((one) => `{${one}}`).join(' ')}.` }
  if (text.trim() === '') return { message: 'The text is empty.', remedy: 'Remove the template: the built-in text is used then.' }
  if (kind === 'alarm' && !named.includes('number'))
    return { message: 'The number of the alarm is missing.', remedy: 'Write {number}: people answer with it.' }
  const ofSeveral = fields.includes('list') ? problemOfSeveral(template, named) : undefined
  if (ofSeveral !== undefined) return ofSeveral
  const preview = previewOf(template)
  const parts = smsParts(toGsm7(preview))
  if (style === 'short' && parts > SMS_PARTS)
    return { message: `This text needs ${parts} SMS.`, remedy: `Shorten it: ${SMS_PARTS} are the most.` }
  if (acknowledgesItself(preview))
    return { message: 'This text would acknowledge the alarm when a phone sends it back.', remedy: 'Say more than the answer.' }
  return undefined
}

function problemOfSeveral({ kind, style, language, text }: MessageTemplate, named: readonly string[]): Problem | undefined {
  if (named.filter((name) => name === 'list').length !== 1)
    return {
      message: 'The list of the alarms must be there once.',
      remedy: 'Write {list} once: it names the alarms, each with its number.',
    }
  const answered = TEMPLATE_FIELDS[kind].includes('answer')
  if (answered && !named.includes('answer'))
    return { message: 'How to answer is missing.', remedy: 'Write {answer}: it says so for the way by which the message goes.' }
  const limit = style === 'short' ? SMS : CHAT
  const widest = { first: 'n'.repeat(limit.cut.first), site: 'n'.repeat(limit.cut.site), by: 'n'.repeat(limit.cut.by) }
  const beside = besideList(text, { count: '100', critical: '100', ...widest, answer: answered ? longestAnswer(language) : '' }, limit)
  const over = limit.size(beside('.')) + LIST_ROOM[style] - limit.letters
  if (over <= 0) return undefined
  return { message: `This text leaves too little room for the list of the alarms.`, remedy: `Shorten it by ${over} letters.` }
}

function longestAnswer(language: MessageLanguage): string {
  const say = words(language)
  return [say.howDigest, say.howStorm, say.howScreen].reduce((longest, one) => (one.length > longest.length ? one : longest))
}

function acknowledgesItself(text: string): boolean {
  const told = PREVIEW_NUMBERS.map((displayNumber) => ({
    eventId: displayNumber,
    displayNumber,
    message: 'm',
    sentAt: 0,
    acknowledgedBy: null,
  }))
  return read({ kind: 'text', text, replyTo: null, writtenAt: 60_000_000, automatic: false }, told).kind === 'acknowledge'
}
