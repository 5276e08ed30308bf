/** Sentences of the server by their English form, `{name}` where something of the person stands. */
export type Refusals = Readonly<Record<string, string>>

/**
 * Makes what says a refusal of the server in another language: the sentence as a whole, or what stands behind a name and a colon. What is
 * not there stays as it came.
 */
export function refusalsIn(all: Refusals): (english: string) => string | undefined {
  const readers = Object.entries(all).map(([english, said]) => ({ said, ...patternOf(english) }))
  const whole = (text: string): string | undefined => {
    for (const { pattern, names, said } of readers) {
      const found = pattern.exec(text)
      if (found === null) continue
      return names.reduce((sentence, name, index) => sentence.replaceAll(`{${name}}`, () => found[index + 1] ?? ''), said)
    }
    return undefined
  }
  return (text) => {
    const said = whole(text)
    const colon = text.indexOf(': ')
    if (said !== undefined || colon <= 0) return said
    const behind = whole(text.slice(colon + 2))
    return behind === undefined ? undefined : `${text.slice(0, colon)}: ${behind}`
  }
}

function patternOf(english: string): { pattern: RegExp; names: readonly string[] } {
  const names = [...english.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const source = english.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, '(.+?)')
  return { pattern: new RegExp(`^${source}$`, 's'), names }
}
