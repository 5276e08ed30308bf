/** How what arrived becomes the words of the one who wrote: written alike, without quotations, signatures and what programs say. */

/** Compatibility forms, lower case, without invisible characters, variation selectors and skin tones; typographic apostrophes plain. */
export function normalise(text: string): string {
  return (
    text
      // before NFKC makes `no` of it, which is a refusal
      .replace(/n\.?\s?[º°]\s*/giu, '#')
      .normalize('NFKC')
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .replace(/\p{Emoji_Modifier}/gu, '')
      .replace(/[’‘`´]/g, "'")
      .toLowerCase()
      .trim()
  )
}

/** Where the reader's own words end and a quotation or signature begins. */
const QUOTE_BEGINS: readonly RegExp[] = [
  /^\s*-{2,}\s*$/,
  /^\s*_{5,}\s*$/,
  /^\s*-+\s*(original message|mensagem original|mensaje original|message d'origine|message original|ursprüngliche nachricht|original-?nachricht|forwarded message|mensagem reencaminhada|mensagem encaminhada|mensaje reenviado|message transféré|weitergeleitete nachricht)/,
  /^\s*(on|em|a|no dia|el|le|am|il giorno)\s.*(wrote|escreveu|escribió|écrit|schrieb)\b.*:\s*$/,
  // the same broken over two lines by the mail program
  /^\s*(on|em|el|le|am)\s.*\d{4}.*(<|@|,\s*$)/,
  /^\s*.{0,120}\b(wrote|escreveu|escribió|a écrit|schrieb)\s*:\s*$/,
  /^\s*(from|de|von|da)\s*:\s/,
  /^\s*(sent from|sent with|sent via|get outlook|enviado (do|da|a partir|desde|via|com)|obter o outlook|obtener outlook|envoyé (de|depuis|avec)|télécharger outlook|obtenir outlook|gesendet (von|mit)|von meinem .* gesendet|outlook für|holen sie sich outlook)/,
  /^\s*(best|kind|warm)?\s*regards\b/,
  /^\s*(com os )?(melhores )?cumprimentos\b/,
  /^\s*(atenciosamente|atentamente|saludos|un saludo|cordialement|bien cordialement|bien à vous|salutations)\b/,
  /^\s*(mit freundlichen grüßen|freundliche grüße|viele grüße|beste grüße|mfg|lg)\b/,
]

/** How somebody ends a sentence who speaks to a telephone. */
const DICTATED = /[\s,]+(full stop|period|exclamation (mark|point)|ponto final|punto final|point final)[.!]?$/

/** @param text normalised */
export function ownWords(text: string): string {
  const lines = text.split(/\r?\n/)
  const end = lines.findIndex((line) => QUOTE_BEGINS.some((pattern) => pattern.test(line)))
  return (end === -1 ? lines : lines.slice(0, end))
    .filter((line) => !/^\s*[>|]/.test(line))
    .join('\n')
    .trim()
    .replace(DICTATED, '')
}

/** A phone or mail program speaks, nobody read anything. */
const AUTOMATIC: readonly RegExp[] = [
  /\bdo not disturb\b/,
  /\b(i'm|i am) driving\b/,
  /\bout of (the )?office\b/,
  /\bauto(matic|mated)?[ -]?(reply|response)\b/,
  /\bon (annual |sick )?leave\b/,
  /\bon (vacation|holiday)\b/,
  /\bthank you for (contacting|your (message|e-?mail))\b/,
  /\b(undeliverable|delivery status notification|mailer-daemon|undelivered mail)\b/,
  /\bresposta automática\b/,
  /\bestou a conduzir\b/,
  /\bestou dirigindo\b/,
  /\bfora do escritório\b/,
  /\bde férias\b/,
  /\b(recebemos a sua mensagem|obrigad[oa] (pelo seu contacto|por contactar))\b/,
  /\brespuesta automática\b/,
  /\b(estoy conduciendo|estoy manejando)\b/,
  /\bfuera de la oficina\b/,
  /\bde vacaciones\b/,
  /\b(hemos recibido su mensaje|gracias por (contactar|su mensaje))\b/,
  /\bausente\b/,
  /\bréponse automatique\b/,
  /\bje conduis\b/,
  /\b(absent|absente) du bureau\b|\bactuellement absente?\b|\ben congés?\b|\ben vacances\b/,
  /\bmerci (de|pour) votre message\b/,
  /\bautomatische antwort\b|\babwesenheits/,
  /\bich fahre gerade\b|\bbeim fahren\b|\bam steuer\b/,
  /\bnicht im büro\b|\bim urlaub\b|\bbin (derzeit |zurzeit )?abwesend\b/,
  /\bvielen dank für ihre (nachricht|e-?mail)\b/,
]

/** @param text normalised */
export function isAutomatic(text: string): boolean {
  return AUTOMATIC.some((pattern) => pattern.test(text))
}
