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

/** What the server says in English: words of schemas and refusals by their English form, errors by their code. What is not there stays as it came. */
interface ServerWords {
  readonly schema: Readonly<Record<string, string>>
  readonly errors: Readonly<Record<string, string>>
  readonly refusal?: (english: string) => string | undefined
}
let serverWords: ServerWords = { schema: {}, errors: {} }

const load: Readonly<Record<Language, () => Promise<ServerWords & { dictionary: Dictionary }>>> = {
  en: async () => ({ dictionary: (await import('./en.ts')).en, schema: {}, errors: {} }),
  pt: async () => {
    const { pt, ptErrors, ptRefusal, ptSchema } = await import('./pt.ts')
    return { dictionary: pt, schema: ptSchema, errors: ptErrors, refusal: ptRefusal }
  },
  es: async () => {
    const { es, esErrors, esRefusal, esSchema } = await import('./es.ts')
    return { dictionary: es, schema: esSchema, errors: esErrors, refusal: esRefusal }
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
  const { dictionary, ...words } = await load[wanted]()
  t = translator(dictionary, wanted)
  serverWords = words
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

/** @returns a sentence of the server in the language of the page; undefined where it stays in English */
export const refusalInWords = (english: string): string | undefined => serverWords.refusal?.(english)

/** @returns what a driver, a test or a check says, in the language of the page; as it came where it is not known. Use it where `useT` is used: that follows a change. */
export const inWords = (english: string): string => refusalInWords(english) ?? english

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useT(): Translate {
  return useSyncExternalStore(subscribe, () => t)
}

/** @returns what translates the titles and descriptions of a served schema */
export function useSchemaWords(): (english: string) => string {
  const { schema } = useSyncExternalStore(subscribe, () => serverWords)
  return (english) => schema[english] ?? english
}

/** @returns what an error code means in the language of the page; undefined where the server's own words say it */
export function useErrorWords(): (code: string) => string | undefined {
  const { errors } = useSyncExternalStore(subscribe, () => serverWords)
  return (code) => errors[code]
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => language)
}

export function currentLocale(): string {
  return LOCALES[language]
}
