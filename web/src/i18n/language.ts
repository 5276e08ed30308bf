import { useSyncExternalStore } from 'react'
import type { Language } from '#domain/contact.ts'
import { en } from './en.ts'
import { type Dictionary, LOCALES, type Translate, translator } from './translate.ts'

const KEY = 'synctide.language'
const listeners = new Set<() => void>()
let language: Language = 'en'
let t: Translate = translator(en, 'en')

const load: Readonly<Record<Language, () => Promise<Dictionary>>> = {
  en: async () => en,
  pt: async () => (await import('./pt.ts')).pt,
  es: async () => (await import('./es.ts')).es,
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
  if (wanted !== language) {
    t = translator(await load[wanted](), wanted)
    language = wanted
    for (const listener of listeners) listener()
  }
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Storage switched off: the browser's language is asked again next time.
  }
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

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => language)
}

export function currentLocale(): string {
  return LOCALES[language]
}
