import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { configure } from '#alarm/core/configure.ts'
import { advance, evaluate } from '#alarm/core/evaluate.ts'
import { createMemory } from '#alarm/core/memory.ts'
import { restoreSource, saveRule, saveSource } from '#alarm/core/saved-memory.ts'

/** What judges: the engine's own code, or a copy of it with a fault planted. */
export const CORE = { advance, configure, createMemory, evaluate, restoreSource, saveRule, saveSource }
export type AlarmCore = typeof CORE

/** A mistake that somebody could make in a file of src/alarm/core. */
export interface Fault {
  readonly file: string
  readonly says: string
  readonly instead: string
}

const FOLDER = new URL('../../src/alarm/core/', import.meta.url)
const planted: Fault[] = []

/** @throws when the file does not say that, exactly once */
export async function withFault(fault: Fault): Promise<AlarmCore> {
  if (planted.length === 0) registerHooks({ resolve, load })
  const query = `?fault=${planted.push(fault) - 1}`
  const files = ['evaluate.ts', 'configure.ts', 'memory.ts', 'saved-memory.ts'].map((name) => new URL(name + query, FOLDER).href)
  const modules = await Promise.all(files.map(async (url) => (await import(url)) as object))
  // the same files as those of CORE, but for the fault
  return Object.assign({}, ...modules) as AlarmCore
}

/** What a copy imports of the core is of the same copy. */
const resolve: Parameters<typeof registerHooks>[0]['resolve'] = (specifier, context, next) => {
  const found = next(specifier, context)
  const query = /\?fault=\d+$/.exec(context.parentURL ?? '')?.[0]
  return query !== undefined && found.url.startsWith(FOLDER.href) ? { ...found, url: found.url + query } : found
}

const load: Parameters<typeof registerHooks>[0]['load'] = (url, context, next) => {
  const [, file, index] = /\/([\w-]+\.ts)\?fault=(\d+)$/.exec(url) ?? []
  const fault = planted[Number(index)]
  if (fault === undefined || file === undefined) return next(url, context)
  if (fault.file !== file) return { format: 'module', source: withoutTypes(file), shortCircuit: true }
  const parts = textOf(file).split(fault.says)
  if (parts.length !== 2) throw new RangeError(`${file} says ${parts.length - 1} times: ${fault.says}`)
  return { format: 'module', source: stripTypeScriptTypes(parts.join(fault.instead)), shortCircuit: true }
}

/** Each is read once, however many faults there are. */
const plain = new Map<string, string>()

function withoutTypes(file: string): string {
  const source = plain.get(file) ?? stripTypeScriptTypes(textOf(file))
  plain.set(file, source)
  return source
}

function textOf(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8')
}
