import { YES_REACTIONS } from './reply-words.ts'

/** A reaction that a phone wrote as text: `Liked “🔴 CRITICAL #123 …”`, `👍 to “…”`, `Hat mit 👍 auf „…“ reagiert`. */
export interface Tapback {
  readonly yes: boolean
  /** The words of ours that it quotes, perhaps cut. */
  readonly quoted: string
}

const QUOTED = /^(?<before>[^“"«„”]{0,60}?)\s*[“"«„](?<quoted>[^]*?)(?:[”"»“](?<after>[^”"»“„«]{0,40}))?$/u

const LIKED = new Set([
  'liked',
  'gostou de',
  'gostei de',
  'curtiu',
  'le gustó',
  'le ha gustado',
  'le gusta',
  'me gusta',
  'indicó que le gusta',
  'a aimé',
  'aime',
  'gefällt',
  'gefällt mir',
  'hat mit gefällt mir markiert',
])

/** Begins what a phone writes for any other reaction, or for taking one back. */
const OTHER =
  /^(loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted|removed|adorou|amou|não gostou|riu|destacou|enfatizou|questionou|reagiu|removeu|retirou|le encantó|no le gustó|se rió|enfatizó|destacó|cuestionó|reaccionó|eliminó|quitó|a adoré|n'a pas aimé|a ri|a souligné|a mis en évidence|a remis en question|a réagi|a supprimé|a retiré|liebt|hat|gefällt nicht|lacht|betont|hinterfragt|reagierte|entfernte)(?!\p{L})/u

const REACTED =
  /^(?:(?:reacted|reagiu|reaccionó|a réagi|hat|reagierte)(?: with| com| con| avec| par| mit)? )?(?<emoji>\p{Extended_Pictographic})(?: (?:to|a|à|ao|al|zu|auf|para|sur))?$/u

/** @param text normalised. @returns undefined when it is none */
export function readTapback(text: string): Tapback | undefined {
  const found = QUOTED.exec(text)?.groups
  if (found === undefined) return undefined
  const quoted = found['quoted'] ?? ''
  const before = (found['before'] ?? '').trim().replace(/\s+/g, ' ')
  const after = (found['after'] ?? '').trim().replace(/[.!]$/, '')
  if (LIKED.has(before) && after === '') return { yes: true, quoted }
  const emoji = after === '' || after === 'reagiert' ? REACTED.exec(before)?.groups?.['emoji'] : undefined
  if (emoji !== undefined) return { yes: YES_REACTIONS.has(emoji), quoted }
  return OTHER.test(before) ? { yes: false, quoted } : undefined
}
