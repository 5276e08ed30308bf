import { useSyncExternalStore } from 'react'
import type { Language } from '#domain/contact.ts'
import { enFirst } from './en-first.ts'
import { type Dictionary, LOCALES, type Translate, translator } from './translate.ts'

const KEY = 'synctide.language'
const listeners = new Set<() => void>()
let language: Language = 'en'
let t: Translate = translator(enFirst, 'en')
/** Whether only the words of the first pages are here. */
let isPartial = true

/** Words of served schemas by their English form; what is not there is shown in English. */
type SchemaWords = Readonly<Record<string, string>>
let schemaWords: SchemaWords = {}

const load: Readonly<Record<Language, () => Promise<{ dictionary: Dictionary; schema: SchemaWords }>>> = {
  en: async () => ({ dictionary: (await import('./en.ts')).en, schema: {} }),
  pt: async () => {
    const { pt, ptSchema } = await import('./pt.ts')
    return { dictionary: pt, schema: ptSchema }
  },
  es: async () => {
    const { es, esSchema } = await import('./es.ts')
    return { dictionary: es, schema: esSchema }
  },
}

function isLanguage(text: string): text is Language {
  return text === 'en' || text === 'pt' || text === 'es'
}

/** @returns the first language of the list that we speak, English otherwise: `pt-BR` is Portuguese. */
export function bestLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.slice(0, 2).toLowerCase()
    if (isLanguage(primary)) return primary
  }
  return 'en'
}

/** Loads a language and redraws everything in it. */
export async function switchLanguage(wanted: Language): Promise<void> {
  if (wanted !== language) await take(wanted)
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Storage switched off: the browser's language is asked again next time.
  }
}

/** For pages whose words are not among the first: they come with the page. */
export function withWords<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    const [module] = await Promise.all([load(), isPartial ? take(language) : undefined])
    return module
  }
}

async function take(wanted: Language): Promise<void> {
  const { dictionary, schema } = await load[wanted]()
  t = translator(dictionary, wanted)
  schemaWords = schema
  language = wanted
  isPartial = false
  for (const listener of listeners) listener()
}

/** Before the first paint: the language used last here, else the browser's. */
export async function startLanguage(): Promise<void> {
  let last: string | null = null
  try {
    last = localStorage.getItem(KEY)
  } catch {
    last = null
  }
  await switchLanguage(bestLanguage(last === null ? navigator.languages : [last, ...navigator.languages]))
}

/** For code outside React; components use {@link useT}, which follows a change. */
export const translate: Translate = (key, ...params) => t(key, ...params)

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useT(): Translate {
  return useSyncExternalStore(subscribe, () => t)
}

/** @returns what translates the titles and descriptions of a served schema */
export function useSchemaWords(): (english: string) => string {
  const words = useSyncExternalStore(subscribe, () => schemaWords)
  return (english) => words[english] ?? english
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => language)
}

export function currentLocale(): string {
  return LOCALES[language]
}
