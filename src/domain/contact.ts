/** Of the screens. */
export const LANGUAGES = ['en', 'pt', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/** Of messages to people, and of the words by which they answer. */
export const MESSAGE_LANGUAGES = [...LANGUAGES, 'fr', 'de'] as const
export type MessageLanguage = (typeof MESSAGE_LANGUAGES)[number]

/** The nearest language of the screens to one of messages. */
export function screenLanguage(language: MessageLanguage, otherwise: Language): Language {
  return LANGUAGES.find((one) => one === language) ?? otherwise
}
