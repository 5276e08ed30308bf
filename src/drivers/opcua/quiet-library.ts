import { setErrorLogger, setWarningLogger } from 'node-opcua-client'

/** So many different unknown status codes are told, each once. */
const TOLD = 100
/** How the library begins what it says past its loggers, at every value with a status code that its table lacks. */
const UNKNOWN_STATUS = 'expecting a known StatusCode'

/** The library prints pages to the console; whatever matters reaches us as an error. */
export function quietLibrary(): void {
  setWarningLogger(() => undefined)
  setErrorLogger(() => undefined)
  console.warn = boundedWarn(console.warn)
}

/** @returns the same, but for what the library says again and again */
export function boundedWarn(warn: (...words: readonly unknown[]) => void): (...words: readonly unknown[]) => void {
  const told = new Set<unknown>()
  return (...words) => {
    const [text] = words
    if (typeof text === 'string' && text.startsWith(UNKNOWN_STATUS)) {
      if (told.has(text) || told.size >= TOLD) return
      told.add(text)
    }
    warn(...words)
  }
}
