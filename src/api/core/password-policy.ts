/** Long enough for the form and yet what everybody tries first. */
const COMMON = [
  'password',
  'passw0rd',
  'qwerty',
  'qwertz',
  'azerty',
  'letmein',
  'welcome',
  'admin',
  'synctide',
  'contraseña',
  'palavrapasse',
  'senha',
]

/**
 * A password must have 12 characters or more, which the form asks for; this says what else makes it weak (NIST SP 800-63B, 5.1.1.2:
 * compare with what is known and expected, ask for no special characters).
 * @returns why it is refused, or undefined
 */
export function weaknessOf(password: string, login: string): string | undefined {
  const plain = password.toLowerCase()
  if (new Set(plain).size < 5) return 'The password repeats the same few characters.'
  if (login.length >= 3 && plain.includes(login.toLowerCase())) return 'The password contains the login.'
  if (isRun(plain)) return 'The password is a row of neighbouring characters.'
  const rest = COMMON.reduce((text, word) => text.replaceAll(word, ''), plain).replaceAll(/[^\p{L}]/gu, '')
  if (rest.length < 4 && COMMON.some((word) => plain.includes(word))) return 'The password is one of those that everybody tries first.'
  return undefined
}

/** abcdefgh…, 123456789…: every step the same. */
function isRun(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)))
  const [only] = steps
  return steps.size <= 2 && (only === 1 || only === -1 || only === 0)
}
