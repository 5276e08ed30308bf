import type { MessageLanguage } from '#domain/contact.ts'
import type { ReplyWords } from './reply-words/word-list.ts'
import { DOUBT, replyWords, REQUEST } from './reply-words.ts'

/** What the words of an answer say, whatever alarms there are. */
export interface Meaning {
  readonly yes: boolean
  /** Somebody goes there: a yes only as the answer to one message. */
  readonly going: boolean
  readonly decline: boolean
  readonly all: boolean
  readonly numbers: readonly number[]
}

export interface MeaningContext {
  /** Whether a number is that of an alarm this person was told of. */
  isTold(number: number): boolean
  /** Of the person, where it is known. */
  readonly language: string | undefined
  /** Whose words are read. */
  readonly languages: readonly MessageLanguage[]
}

const TOKEN = /#?\d+|\p{Extended_Pictographic}|[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)*'?|[&+]/gu
const TIME_WORDS = /^(m|min|mins|minutes?|minutos?|minuten?|h|hours?|horas?|heures?|stunden?)$/
const YES_MARK = '✔'
const GOING_MARK = '➡'
const DECLINE_MARK = '✖'

/**
 * @param text own words, normalised
 * @returns undefined when a word is not known, a question is asked, or a number belongs to a reading, a time, a date or a range
 */
export function meaningOf(text: string, context: MeaningContext): Meaning | undefined {
  const plain = text
    .replace(/(^|\s)[*_]+(?=\S)|(?<=\S)[*_]+(?=\s|$|[.,!])/g, '$1')
    .replace(/[,;](?=#)/g, ', ')
    .replace(/(^|\s)[:;]-?[)d](?=\s|$)/g, '$1')
    .replace(/(^|[^\p{L}])o\.k\.?(?=\s|$|[!,])/gu, '$1ok')
    .replace(/(?<=\d)[,;](?=\d)/g, (comma, at: number, whole: string) => (isList(whole, at, context) ? ', ' : comma))
    .replace(/\s[-–—]\s|:\s|[-–—:]$/g, ' ')
  // what is left between digits belongs to a reading, a time, a date or a range
  if (/[?¿]/.test(plain) || REQUEST.test(plain) || /\d[^\s\p{L}\d]+\d/u.test(plain.replace(/\d[+&]\s*(?=#?\d)/g, '0 '))) return undefined
  const words = replyWords(context.languages)
  const marked = markPhrases(plain, words)
  if (marked.replace(TOKEN, '').replace(/[\s.,;!…()]/gu, '') !== '') return undefined
  return readTokens(marked.match(TOKEN) ?? [], context, words)
}

function readTokens(tokens: readonly string[], context: MeaningContext, words: ReplyWords): Meaning | undefined {
  const said = { yes: false, going: false, decline: false, all: false }
  const numbers: number[] = []
  for (const [index, token] of tokens.entries()) {
    if (/^#?\d+$/.test(token)) {
      const number = Number(token.replace('#', ''))
      // on my way, 20 minutes
      const span = TIME_WORDS.test(tokens[index + 1] ?? '')
      if (!said.going || (context.isTold(number) && !span)) numbers.push(number)
    } else if (isYes(token, context.language, words)) said.yes = true
    else if (token === GOING_MARK) said.going = true
    else if (words.decline.has(token)) said.decline = true
    else if (words.all.has(token) && (said.yes || tokens.length === 1)) said.all = true
    else if (words.joiners.has(token) && numbers.length > 0 && index < tokens.length - 1) continue
    else if (words.fillers.has(token)) continue
    else if (tokens.length === 1 && words.letters.has(token)) said.yes = true
    // whoever goes may say where to
    else if (!said.going || DOUBT.has(token) || token === GOING_MARK) return undefined
  }
  if (said.decline && (said.yes || said.going || said.all)) return undefined
  return { ...said, all: said.all && numbers.length === 0, numbers }
}

function isYes(token: string, language: string | undefined, words: ReplyWords): boolean {
  // ja without its accent is already, from somebody who writes Portuguese
  if (token === 'ja' && language === 'pt') return false
  return words.yes.has(token) || words.stretchedYes.test(token)
}

/** 121,123 lists two alarms when both are known; 9,1 is a reading. */
function isList(text: string, at: number, context: MeaningContext): boolean {
  const before = /\d+$/.exec(text.slice(0, at))?.[0]
  const after = /^\d+/.exec(text.slice(at + 1))?.[0]
  return context.isTold(Number(before)) && context.isTold(Number(after))
}

const patterns = new WeakMap<ReplyWords, readonly (readonly [RegExp, string])[]>()

function patternsOf(words: ReplyWords): readonly (readonly [RegExp, string])[] {
  const marks: readonly (readonly [readonly string[], string])[] = [
    [words.declinePhrases, DECLINE_MARK],
    [words.goingPhrases, GOING_MARK],
    [words.yesPhrases, YES_MARK],
  ]
  return marks
    .filter(([phrases]) => phrases.length > 0)
    .map(([phrases, mark]) => [new RegExp(`(?<![\\p{L}'])(?:${phrases.join('|')})(?![\\p{L}'])`, 'gu'), ` ${mark} `] as const)
}

function markPhrases(text: string, words: ReplyWords): string {
  const known = patterns.get(words) ?? patternsOf(words)
  patterns.set(words, known)
  return known.reduce((rest, [pattern, mark]) => rest.replace(pattern, mark), ` ${text.replaceAll(/\s+/g, ' ')} `)
}
