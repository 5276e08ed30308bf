/** Country calling codes (ITU-T E.164) with one digit, with two, else three. */
const ONE_DIGIT = new Set(['1', '7'])
const TWO_DIGITS = new Set(
  `20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98`.split(
    ' ',
  ),
)

/** How people of a country group the digits after its code. */
const GROUPS: Readonly<Record<string, readonly number[]>> = {
  '351': [3, 3, 3],
  '34': [3, 2, 2, 2],
  '33': [1, 2, 2, 2, 2],
  '44': [4, 6],
  '55': [2, 5, 4],
  '1': [3, 3, 4],
  '39': [3, 3, 4],
  '41': [2, 3, 2, 2],
  '32': [3, 2, 2, 2],
  '31': [1, 8],
}

/**
 * @param text as people write it: `+351 912 345 678`, `00351912345678`; without a country only where `country` is given
 * @param country calling code for numbers without one, e.g. 351; empty refuses them
 * @returns E.164, `+351912345678`; undefined when it is no number that can be called from anywhere
 */
export function parsePhone(text: string, country = ''): string | undefined {
  const plain = text.trim().replace(/[\s().\-/]/g, '')
  const digits = plain.startsWith('+')
    ? plain.slice(1)
    : plain.startsWith('00')
      ? plain.slice(2)
      : country !== '' && /^\d{6,12}$/.test(plain)
        ? `${country}${plain.replace(/^0/, '')}`
        : ''
  // E.164: at most 15 digits, no leading zero; shorter than 8 are services of one network
  return /^[1-9]\d{7,14}$/.test(digits) ? `+${digits}` : undefined
}

/** @param phone E.164. @returns `+351 912 345 678` */
export function formatPhone(phone: string): string {
  const digits = phone.replace(/^\+/, '')
  if (!/^\d{8,15}$/.test(digits)) return phone
  const length = ONE_DIGIT.has(digits.slice(0, 1)) ? 1 : TWO_DIGITS.has(digits.slice(0, 2)) ? 2 : 3
  const code = digits.slice(0, length)
  const rest = digits.slice(length)
  const known = GROUPS[code]
  const groups = known?.reduce((sum, size) => sum + size, 0) === rest.length ? known : thirds(rest.length)
  let at = 0
  return [`+${code}`, ...groups.map((size) => rest.slice(at, (at += size)))].join(' ')
}

/** Groups of three, the last of two to four. */
function thirds(length: number): number[] {
  if (length <= 4) return [length]
  return [3, ...thirds(length - 3)]
}
