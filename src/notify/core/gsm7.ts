/** The default alphabet of SMS (3GPP TS 23.038, 6.2.1) and its extension, where each letter counts twice. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const EXTENDED = new Set('^{}\\[~]|€\f')

const REPLACED: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‘': "'",
  '’': "'",
  '`': "'",
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '...',
  '•': '-',
  '≥': '>=',
  '≤': '<=',
  '≠': '<>',
  '±': '+/-',
  '×': 'x',
  '÷': '/',
  '°': 'o',
  º: 'o',
  ª: 'a',
  '²': '2',
  '³': '3',
  µ: 'u',
  '½': '1/2',
  ç: 'c',
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  '\t': ' ',
  ' ': ' ',
}

/** Writes a text in the default alphabet: one letter outside of it would cut an SMS from 160 characters to 70. */
export function toGsm7(text: string): string {
  let out = ''
  for (const letter of text.normalize('NFC')) {
    if (BASIC.has(letter) || EXTENDED.has(letter)) out += letter
    else out += REPLACED[letter] ?? withoutAccent(letter)
  }
  return out.replace(/[^\S\n]+(?=\n|$)/g, '').replace(/^\s+/, '')
}

function withoutAccent(letter: string): string {
  const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '')
  return Array.from(plain).every((one) => BASIC.has(one)) ? plain : /\p{L}|\p{N}/u.test(letter) ? '?' : ''
}

/** Most that one message may need in the default alphabet. */
export const SMS_PARTS = 2

/** How many SMS a text needs: 160 septets in one, 153 in each of several; with any other letter 70 and 67 units of UTF-16. */
export function smsParts(text: string): number {
  const needed = septets(text)
  if (needed === undefined) return text.length <= 70 ? 1 : Math.ceil(text.length / 67)
  return needed <= 160 ? 1 : Math.ceil(needed / 153)
}

/** How much of an SMS a text takes once it is written in the default alphabet. */
export function plainSize(text: string): number {
  return septets(toGsm7(text)) ?? text.length
}

/** undefined: not all of it is of the default alphabet */
function septets(text: string): number | undefined {
  let sum = 0
  for (const letter of text) {
    if (BASIC.has(letter)) sum += 1
    else if (EXTENDED.has(letter)) sum += 2
    else return undefined
  }
  return sum
}
