/**
 * Sentences of the server by their English form, `{name}` where something of the person, or another sentence, stands; `{nameN}` stands for
 * digits only, where anything else would be taken for its sentence.
 */
export type Refusals = Readonly<Record<string, string>>

interface Reader {
  /** The longest text that any sentence of this form holds: what does not hold it need not be tried. */
  readonly core: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  /** Of each name: whether it stands in quotes, which is somebody's own text. */
  readonly quoted: readonly boolean[]
  readonly said: string
}

/** Answers kept; a page of 300 devices says the same few again and again. */
const REMEMBERED = 2000

/**
 * Makes what says a sentence of the server in another language: as a whole, a message with its remedy behind it, what stands behind a name and
 * a colon, or a list. What stands in a hole is said anew as well where it is known, unless it is quoted. Undefined when nothing of it is known:
 * it stays as it came.
 */
export function refusalsIn(all: Refusals): (english: string) => string | undefined {
  const fixed = new Map(Object.entries(all).filter(([english]) => !/\{\w+\}/.test(english)))
  let readers: readonly Reader[] | undefined
  const answers = new Map<string, string | undefined>()

  const inPattern = (text: string): string | undefined => {
    // made on first use: a page without trouble needs none
    readers ??= readersOf(all)
    for (const { core, pattern, names, quoted, said } of readers) {
      if (!text.includes(core)) continue
      const found = pattern.exec(text)
      if (found === null) continue
      const parts = new Map(
        names.map((name, index) => {
          const part = found[index + 1] ?? ''
          return [name, quoted[index] === true ? part : (say(part) ?? part)]
        }),
      )
      return said.replaceAll(/\{(\w+)\}/g, (hole, name: string) => parts.get(name) ?? hole)
    }
    return undefined
  }
  const find = (text: string): string | undefined =>
    fixed.get(text) ??
    inSentences(text, true) ??
    inPattern(text) ??
    inSentences(text, false) ??
    inParts(text, '; ') ??
    inParts(text, ': ') ??
    inList(text)

  /** A message loses its full stop before a remedy that has none in front. */
  const sentence = (text: string): string | undefined => fixed.get(text) ?? inPattern(text) ?? withStop(text)
  const withStop = (text: string): string | undefined => (fixed.get(`${text}.`) ?? inPattern(`${text}.`))?.replace(/\.$/, '')

  function inSentences(text: string, whole: boolean): string | undefined {
    for (const at of placesOf(text, '. ')) {
      const [front, back] = [text.slice(0, at), text.slice(at + 2)]
      const [head, tail] = [sentence(front) ?? withoutStop(front), say(back)]
      if (whole ? head !== undefined && tail !== undefined : head !== undefined || tail !== undefined)
        return `${head ?? front}. ${tail ?? back}`
    }
    return undefined
  }
  const withoutStop = (text: string): string | undefined => fixed.get(text.replace(/\.$/, ''))

  function inParts(text: string, between: string): string | undefined {
    for (const at of placesOf(text, between)) {
      const [front, back] = [text.slice(0, at), text.slice(at + between.length)]
      const tail = say(back)
      const head = say(front)
      if (head !== undefined || tail !== undefined) return `${head ?? front}${between}${tail ?? back}`
    }
    return undefined
  }

  function inList(text: string): string | undefined {
    const words = text.split(', ')
    if (words.length === 1) return undefined
    const said = words.map((word) => fixed.get(word))
    return said.includes(undefined) ? undefined : said.join(', ')
  }

  function say(text: string): string | undefined {
    if (answers.has(text)) return answers.get(text)
    const found = text === '' ? undefined : find(text)
    if (answers.size >= REMEMBERED) answers.clear()
    answers.set(text, found)
    return found
  }
  return say
}

function* placesOf(text: string, mark: string): Iterable<number> {
  for (let at = text.indexOf(mark, 1); at !== -1; at = text.indexOf(mark, at + 1)) yield at
}

/**
 * The surest first. What begins with its own text goes before what may begin with anything, as `{name}, signed by {issuer}`, which is found
 * within others; then the most text of its own.
 */
function readersOf(all: Refusals): readonly Reader[] {
  const own = (english: string): number => english.replaceAll(/\{\w+\}/g, '').length + (english.startsWith('{') ? 0 : 10_000)
  return Object.entries(all)
    .filter(([english]) => /\{\w+\}/.test(english))
    .toSorted(([one], [other]) => own(other) - own(one))
    .map(([english, said]) => ({ said, ...patternOf(english) }))
}

function patternOf(english: string): Omit<Reader, 'said'> {
  const holes = [...english.matchAll(/\{(\w+)\}/g)]
  const source = english
    .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    // what hangs on a word, a mark or another hole may be nothing
    .replaceAll(/(?<=[a-z".}])\{\w+\}/g, '(.*?)')
    .replaceAll(/\{\w+N\}/g, String.raw`(\d+)`)
    .replaceAll(/\{\w+\}/g, '(.+?)')
  const core = english.split(/\{\w+\}/).reduce((longest, part) => (part.length > longest.length ? part : longest), '')
  return {
    core,
    pattern: new RegExp(`^${source}$`, 's'),
    names: holes.map((hole) => hole[1] ?? ''),
    quoted: holes.map((hole) => english[hole.index - 1] === '"' && english[hole.index + hole[0].length] === '"'),
  }
}
