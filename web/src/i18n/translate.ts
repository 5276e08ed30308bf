import type { en } from './en.ts'

/** A sentence that depends on a number; `other` always exists. */
export interface Plural {
  readonly one: string
  readonly many?: string
  readonly other: string
}

export type MessageKey = keyof typeof en
/** Every language says everything: a key left out does not compile. */
export type Dictionary = { readonly [K in MessageKey]: (typeof en)[K] extends string ? string : Plural }

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type Source<K extends MessageKey> = (typeof en)[K] extends string ? (typeof en)[K] : (typeof en)[K]['other' & keyof (typeof en)[K]]
/** What a sentence needs, taken from the English text: `{name}` asks for `name`. */
export type Params<K extends MessageKey> = { readonly [N in Names<Source<K>>]: string | number }

/** Keys of sentences that need nothing: safe to keep in tables. */
export type PlainKey = { [K in MessageKey]: [Names<Source<K>>] extends [never] ? K : never }[MessageKey]

export type Translate = <K extends MessageKey>(key: K, ...params: [Names<Source<K>>] extends [never] ? [] : [Params<K>]) => string

export const LOCALES = { en: 'en-GB', pt: 'pt-PT', es: 'es-ES' } as const

/** Makes the `t` of one language; a word that is not there yet is its key. Numbers given as parameters are written the way of the language. */
export function translator(dictionary: Partial<Dictionary>, language: keyof typeof LOCALES): Translate {
  const plurals = new Intl.PluralRules(LOCALES[language])
  const numbers = new Intl.NumberFormat(LOCALES[language])
  return (key, ...rest) => {
    const params: Readonly<Record<string, string | number>> = rest[0] ?? {}
    const entry: string | Plural | undefined = dictionary[key]
    if (entry === undefined) return key
    const text = typeof entry === 'string' ? entry : pick(entry, plurals, params['count'])
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name]
      return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value
    })
  }
}

function pick(entry: Plural, rules: Intl.PluralRules, count: string | number | undefined): string {
  const category = rules.select(Number(count))
  if (category === 'one') return entry.one
  return category === 'many' ? (entry.many ?? entry.other) : entry.other
}
