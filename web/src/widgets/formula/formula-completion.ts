/** What may stand at the caret, and which part of the text it replaces. */
export interface Completion {
  readonly from: number
  readonly to: number
  readonly kind: 'tag' | 'function'
  readonly options: readonly string[]
}

const MOST = 12

/**
 * After `${` the names of tags that contain what was written since, those that begin with it first; after two letters the functions that begin
 * with them.
 * @param names `Device:Tag` of everything that the author may read
 * @returns null where nothing fits
 */
export function completionAt(text: string, caret: number, names: readonly string[], functions: readonly string[]): Completion | null {
  const before = text.slice(0, caret)
  const open = before.lastIndexOf('${')
  if (open !== -1 && !before.slice(open).includes('}')) {
    const written = before.slice(open + 2).toLowerCase()
    const found = names.filter((name) => name.toLowerCase().includes(written))
    const begin = found.filter((name) => name.toLowerCase().startsWith(written))
    const options = [...begin, ...found.filter((name) => !begin.includes(name))].slice(0, MOST)
    // what is closed already is replaced with its bracket, but never beyond the next reference
    const close = /^[^${}]*\}/.exec(text.slice(caret))
    return options.length === 0 ? null : { from: open, to: caret + (close?.[0].length ?? 0), kind: 'tag', options }
  }
  const word = /[a-z_][a-z_0-9]+$/i.exec(before)?.[0]
  if (word === undefined) return null
  const options = functions.filter((name) => name.startsWith(word.toLowerCase()) && name !== word.toLowerCase()).slice(0, MOST)
  return options.length === 0 ? null : { from: caret - word.length, to: caret, kind: 'function', options }
}

/** The text with an option in its place, and where the caret goes on. */
export function completed(text: string, { from, to, kind }: Completion, option: string): { text: string; caret: number } {
  const put = kind === 'tag' ? `\${${option}}` : `${option}(`
  return { text: `${text.slice(0, from)}${put}${text.slice(to)}`, caret: from + put.length }
}
