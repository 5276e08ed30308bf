import type { MessageLanguage } from '#domain/contact.ts'
import type { Words } from './words/wording.ts'
import { ENGLISH } from './words/english.ts'
import { FRENCH } from './words/french.ts'
import { GERMAN } from './words/german.ts'
import { PORTUGUESE } from './words/portuguese.ts'
import { SPANISH } from './words/spanish.ts'

export type { Words } from './words/wording.ts'

const ALL: Readonly<Record<MessageLanguage, Words>> = { en: ENGLISH, pt: PORTUGUESE, es: SPANISH, fr: FRENCH, de: GERMAN }

export function words(language: MessageLanguage): Words {
  return ALL[language]
}
