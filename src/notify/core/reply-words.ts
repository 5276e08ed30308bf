import { MESSAGE_LANGUAGES, type MessageLanguage } from '#domain/contact.ts'
import { ENGLISH } from './reply-words/english.ts'
import { FRENCH } from './reply-words/french.ts'
import { GERMAN } from './reply-words/german.ts'
import { PORTUGUESE } from './reply-words/portuguese.ts'
import { SPANISH } from './reply-words/spanish.ts'
import { list, type ReplyWords, set } from './reply-words/word-list.ts'

/**
 * The words by which people acknowledge, a file for each language. Accents are kept on purpose: Portuguese `já` (already) must never be
 * read as German `ja` (yes). Common spellings without accents are listed beside the right ones where they mean nothing else.
 */
const BY_LANGUAGE: Readonly<Record<MessageLanguage, ReplyWords>> = {
  en: ENGLISH,
  pt: PORTUGUESE,
  es: SPANISH,
  fr: FRENCH,
  de: GERMAN,
}

/** Belongs to no language: our own messages ask for some of it. */
const EVERYWHERE: ReplyWords = {
  yes: set('ack acked ok okay okey okei 👍 👌 ✅ ✔ ☑ 🆗 🫡'),
  stretchedYes: /^((ok)+k*|oki+)$/u,
  letters: set(''),
  yesPhrases: [],
  goingPhrases: [],
  decline: set('👎 ❌ ✖'),
  declinePhrases: [],
  fillers: set('alarm 🙏 🙂 😀 😊 😉 💪 😅'),
  joiners: set('& +'),
  all: set(''),
}

const made = new Map<string, ReplyWords>()

/** The words of these languages, with those that belong to none. */
export function replyWords(languages: readonly MessageLanguage[]): ReplyWords {
  const wanted = MESSAGE_LANGUAGES.filter((one) => languages.includes(one))
  const key = wanted.join()
  const known = made.get(key) ?? together([EVERYWHERE, ...wanted.map((one) => BY_LANGUAGE[one])])
  made.set(key, known)
  return known
}

function together(all: readonly ReplyWords[]): ReplyWords {
  const words = (of: (one: ReplyWords) => Iterable<string>): ReadonlySet<string> => new Set(all.flatMap((one) => [...of(one)]))
  const phrases = (of: (one: ReplyWords) => readonly string[]): readonly string[] => list(all.flatMap(of).join('\n'))
  return {
    yes: words((one) => one.yes),
    stretchedYes: new RegExp(all.map((one) => one.stretchedYes.source).join('|'), 'u'),
    letters: words((one) => one.letters),
    yesPhrases: phrases((one) => one.yesPhrases),
    goingPhrases: phrases((one) => one.goingPhrases),
    decline: words((one) => one.decline),
    declinePhrases: phrases((one) => one.declinePhrases),
    fillers: words((one) => one.fillers),
    joiners: words((one) => one.joiners),
    all: words((one) => one.all),
  }
}

/** What follows a yes and a going may be any words but these: they take the yes back, put it off, or ask, in whatever language. */
export const DOUBT = set(`
  not no don't dont doesn't won't cannot can't never nothing but if when whether unless until till maybe perhaps later tomorrow first wait
  why what who which where how wrong false test ignore someone somebody else instead only although think call
  não nao nunca nada mas porém se quando talvez depois amanhã amanha primeiro espera porque quem qual onde como errado falso teste ignora
  alguém outro outra só apenas embora acho liga ligue
  nunca pero aunque sino cuando quizá quizás luego mañana primero espere porqué qué quién quien cuál cual dónde donde cómo equivocado falsa
  prueba alguien sólo solo creo llama llame
  pas ne n'est jamais rien mais si quand peut-être peut être demain d'abord attends attendez pourquoi quoi qui quel quelle où comment faux
  fausse essai quelqu'un autre seulement crois appelle appelez plus
  nicht kein keine keinen nie nichts aber wenn falls ob wann vielleicht später spaeter morgen zuerst warte warum was wer welche welcher wo wie
  falsch jemand anderer anders nur obwohl glaube ruf rufe ohne bis`)

/** Asks somebody to acknowledge: who does is another question. */
export const REQUEST =
  /^(please|pls|plz|bitte|por favor|favor|svp|s'il (te|vous) pla[iî]t)[\s,]+(de )?(ack\b|acknowledge|confirm|reconhe|recono|acquitt|best[aä]|quitt)/u

/** Emoji reactions that say yes. */
export const YES_REACTIONS = set('👍 👌 ✅ ✔ ☑ 🆗 🫡 💯')

/** Emoji reactions that say no. */
export const NO_REACTIONS = set('👎 ❌')
