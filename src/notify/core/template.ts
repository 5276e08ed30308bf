import { ConfigError } from '#base/errors.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { read } from './reply.ts'

/** Texts that the site may write anew. */
export const TEMPLATE_KINDS = ['alarm', 'cleared', 'acknowledged', 'exhausted'] as const
export type TemplateKind = (typeof TEMPLATE_KINDS)[number]

/** `full` for chats and mail, `short` for SMS. */
export interface MessageTemplate {
  readonly kind: TemplateKind
  readonly style: 'full' | 'short'
  readonly language: MessageLanguage
  readonly text: string
}

/** What a template may name. Empty where there is nothing to say: such a line is left out. */
export const TEMPLATE_FIELDS = [
  'severity',
  'number',
  'name',
  'device',
  'tag',
  'value',
  'limit',
  'since',
  'returned',
  'late',
  'repeats',
  'by',
  'at',
  'site',
  'how',
] as const
export type TemplateFields = Readonly<Record<(typeof TEMPLATE_FIELDS)[number], string>>

const PLACE = /\{(\w+)\}/g

/** Fills a template. A line that has places, and nothing in any of them, is left out. */
export function fillTemplate(text: string, fields: Readonly<Record<string, string>>): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const places = [...line.matchAll(PLACE)].map((match) => fields[match[1] ?? ''] ?? '')
      if (places.length > 0 && places.every((value) => value === '')) return []
      return [
        line
          .replace(PLACE, (_, name: string) => fields[name] ?? '')
          .replace(/[^\S\n]{2,}/g, ' ')
          .trimEnd(),
      ]
    })
    .join('\n')
    .trim()
}

export function templateFor(
  templates: readonly MessageTemplate[],
  of: { readonly kind: string; readonly style: MessageTemplate['style']; readonly language: MessageLanguage },
): string | undefined {
  return templates.find((one) => one.kind === of.kind && one.style === of.style && one.language === of.language)?.text
}

/** What a reader would see, for previews and checks. */
export const SAMPLE_FIELDS: TemplateFields = {
  severity: 'CRITICAL',
  number: '417',
  name: 'Reservoir level very high',
  device: 'RES-02',
  tag: 'Level',
  value: '4.63 m',
  limit: '> 4.5 m',
  since: '01/07/2026, 03:10:05',
  returned: '',
  late: '',
  repeats: '',
  by: 'Telegram: Ana S.',
  at: '01/07/2026, 03:12:40',
  site: 'Water works',
  how: 'Answer: ok 417',
}

/**
 * @throws ConfigError naming `templates[n].text`: for a place that does not exist, an alarm without its number, or a text that would
 * acknowledge itself when a phone sends it back
 */
export function checkTemplates(templates: readonly MessageTemplate[]): void {
  templates.forEach(({ kind, text }, index) => {
    const field = `templates[${index}].text`
    const stranger = [...text.matchAll(PLACE)].map((match) => match[1] ?? '').find((name) => !TEMPLATE_FIELDS.some((one) => one === name))
    if (stranger !== undefined) {
      throw new ConfigError(field, `There is no {${stranger}}.`, { remedy: `Use ${TEMPLATE_FIELDS.map((one) => `{${one}}`).join(' ')}.` })
    }
    if (text.trim() === '')
      throw new ConfigError(field, 'The text is empty.', { remedy: 'Remove the template: the built-in text is used then.' })
    if (kind === 'alarm' && !text.includes('{number}')) {
      throw new ConfigError(field, 'The number of the alarm is missing.', { remedy: 'Write {number}: people answer with it.' })
    }
    const told = [{ eventId: 1, displayNumber: 417, message: 'm', sentAt: 0, acknowledgedBy: null }]
    const reply = { kind: 'text', text: fillTemplate(text, SAMPLE_FIELDS), replyTo: null, writtenAt: 60_000_000, automatic: false } as const
    if (read(reply, told).kind === 'acknowledge') {
      throw new ConfigError(field, 'This text would acknowledge the alarm when a phone sends it back.', {
        remedy: 'Say more than the answer.',
      })
    }
  })
}
