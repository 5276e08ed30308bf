/**
 * The words by which people acknowledge, in the three languages of the product. Accents are kept on purpose: Portuguese `já` (already)
 * must never be read as another language's yes.
 */

/** Each says yes on its own. */
export const YES: ReadonlySet<string> = new Set(
  `ack acked acknowledge acknowledged ok okay okey okei yes yep yeah yup aye roger copy received confirm confirmed noted seen understood affirmative
   sim confirmo confirmado confirmada recebido recebida reconheço reconhecido reconhecida reconhecer reconheça visto vista entendido entendida ciente certo positivo
   sí si vale enterado enterada recibido recibida reconozco reconocido reconocida reconocer afirmativo
   👍 👌 ✅ ✔ ☑ 🆗 🫡`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Several words that say yes together. */
export const YES_PHRASES: readonly string[] = [
  'got it',
  'i got it',
  'copy that',
  'roger that',
  'will do',
  'all right',
  'está bem',
  'tá bem',
  'de acordo',
  'tomei conhecimento',
  'tomo conhecimento',
  'de acuerdo',
  'está bien',
  'tomo nota',
]

/** Says that somebody goes, not to which alarm: a yes only beside another one, or as the answer to one message. */
export const GOING_PHRASES: readonly string[] = [
  "i'm on my way",
  'i am on my way',
  'im on my way',
  'on my way',
  "i'm on it",
  'i am on it',
  'on it',
  "i'll check",
  'i will check',
  'checking',
  'estou a caminho',
  'a caminho',
  'vou já ver',
  'vou ver já',
  'vou verificar',
  'vou tratar',
  'vou já',
  'vou ver',
  'já vou',
  'vou a caminho',
  'estoy en camino',
  'en camino',
  'voy para allá',
  'voy a ver',
  'ya voy',
  'voy',
]

/** Changes nothing. */
export const FILLERS: ReadonlySet<string> = new Set(
  `thanks thank you thx please alarm alarms the this number alert
   obrigado obrigada alarme alarmes o os número favor por
   gracias alarma alarmas el la las los
   🙏 🙂 😀 😊 😉 💪`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

export const JOINERS: ReadonlySet<string> = new Set(['and', 'e', 'y', '&', '+'])

/** Every alarm: alone, or after a yes. `tudo` and `todo` are not here: `tudo ok` says that all is well. */
export const ALL: ReadonlySet<string> = new Set(['all', 'both', 'todos', 'todas', 'ambos', 'ambas'])

/** Emoji reactions that say yes. */
export const YES_REACTIONS: ReadonlySet<string> = new Set(['👍', '👌', '✅', '🫡', '💯'])

/** A phone or mail program speaks, nobody read anything. */
export const AUTOMATIC: readonly RegExp[] = [
  /\bdo not disturb\b/,
  /\bi'm driving\b/,
  /\bi am driving\b/,
  /\bout of (the )?office\b/,
  /\bauto(matic|mated)?[ -]?(reply|response)\b/,
  /\bon (annual )?leave\b/,
  /\bon (vacation|holiday)\b/,
  /\bresposta automática\b/,
  /\bestou a conduzir\b/,
  /\bfora do escritório\b/,
  /\bausente\b/,
  /\bde férias\b/,
  /\brespuesta automática\b/,
  /\bestoy conduciendo\b/,
  /\bfuera de la oficina\b/,
  /\bde vacaciones\b/,
]

/** How phones write a reaction as text: the verb, then our own words in quotation marks. */
export const TAPBACK =
  /^(?<verb>liked|loved|gostou de|adorou|le gustó|le encantó|👍 to|👌 to|disliked|laughed at|emphasized|questioned|removed an? \w+ from|não gostou de|riu-se de|no le gustó)\s*[“"«„](?<quoted>[^]*)[”"»]?\s*$/u

export const TAPBACK_YES: ReadonlySet<string> = new Set([
  'liked',
  'loved',
  'gostou de',
  'adorou',
  'le gustó',
  'le encantó',
  '👍 to',
  '👌 to',
])

/** Where the reader's own words end and a quotation or signature begins. */
export const QUOTE_BEGINS: readonly RegExp[] = [
  /^\s*-{2,}\s*$/,
  /^\s*_{5,}\s*$/,
  /^\s*-+\s*(original message|mensagem original|mensaje original|forwarded message)/i,
  /^\s*on .*wrote:\s*$/i,
  /^\s*(em|a) .*escreveu:\s*$/i,
  /^\s*el .*escribió:\s*$/i,
  /^\s*le .*écrit\s*:\s*$/i,
  /^\s*(from|de|von)\s*:\s/i,
  /^\s*(sent from|get outlook|enviado (do|a partir|desde)|obter o outlook|obtener outlook)\b/i,
]
