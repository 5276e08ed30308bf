/** What people of one language answer with. Together these say what an answer means; see ../reply-meaning.ts. */
export interface ReplyWords {
  /** Each says yes on its own. */
  readonly yes: ReadonlySet<string>
  /** A yes that was drawn out. */
  readonly stretchedYes: RegExp
  /** A letter that alone says yes. */
  readonly letters: ReadonlySet<string>
  /** Several words that say yes together. */
  readonly yesPhrases: readonly string[]
  /** Says that somebody goes, not to which alarm: a yes only beside another one, or as the answer to one message. */
  readonly goingPhrases: readonly string[]
  /** Says no: somebody else is to be told at once. */
  readonly decline: ReadonlySet<string>
  readonly declinePhrases: readonly string[]
  /** Changes nothing. */
  readonly fillers: ReadonlySet<string>
  readonly joiners: ReadonlySet<string>
  /** Every alarm: alone, or after a yes. `tudo`, `todo`, `tout` and `alles` are none: `tudo ok` says that all is well. */
  readonly all: ReadonlySet<string>
}

/** Words with blanks between them. */
export function set(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter((word) => word !== ''))
}

/** Phrases, a line each; the longest first, so that a part of one is not read for itself. */
export function list(phrases: string): readonly string[] {
  return phrases
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort((a, b) => b.length - a.length)
}
