import type { MessageLanguage } from '#domain/contact.ts'

/** Each language in its own words. */
export const LANGUAGE_NAMES: Readonly<Record<MessageLanguage, string>> = {
  en: 'English',
  pt: 'Português',
  es: 'Español',
  fr: 'Français',
  de: 'Deutsch',
}
