import type { MessageLanguage } from '#domain/contact.ts'

/**
 * Texts that the site may write anew. `digest` tells of several alarms, `storm` of more than one person can take in; `cleared_several` and
 * `acknowledged_several` are several notes in one message.
 */
export const TEMPLATE_KINDS = [
  'alarm',
  'cleared',
  'acknowledged',
  'exhausted',
  'digest',
  'storm',
  'cleared_several',
  'acknowledged_several',
  'test',
] as const
export type TemplateKind = (typeof TEMPLATE_KINDS)[number]

/** `full` for chats and mail, `short` for SMS. */
export interface MessageTemplate {
  readonly kind: TemplateKind
  readonly style: 'full' | 'short'
  readonly language: MessageLanguage
  readonly text: string
}

const ALARM_FIELDS = [
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
export type AlarmFields = Readonly<Record<(typeof ALARM_FIELDS)[number], string>>

const DIGEST_FIELDS = ['count', 'critical', 'first', 'list', 'site', 'answer'] as const
export type DigestFields = Readonly<Record<(typeof DIGEST_FIELDS)[number], string>>

const NOTES_FIELDS = ['count', 'by', 'list', 'site'] as const
export type NotesFields = Readonly<Record<(typeof NOTES_FIELDS)[number], string>>

const TEST_FIELDS = ['gateway', 'site', 'who', 'time'] as const
export type TestFields = Readonly<Record<(typeof TEST_FIELDS)[number], string>>

/** What a template may name. Empty where there is nothing to say: such a line is left out. */
export const TEMPLATE_FIELDS: Readonly<Record<TemplateKind, readonly string[]>> = {
  alarm: ALARM_FIELDS,
  cleared: ALARM_FIELDS,
  acknowledged: ALARM_FIELDS,
  exhausted: ALARM_FIELDS,
  digest: DIGEST_FIELDS,
  storm: DIGEST_FIELDS,
  cleared_several: ['count', 'list', 'site'],
  acknowledged_several: NOTES_FIELDS,
  test: TEST_FIELDS,
}

export const PLACE = /\{(\w+)\}/g

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
