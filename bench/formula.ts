// Evaluations a second of 2,000 different formulas of five variables, ours beside mathjs and cel-js, alternately in one process:
// node bench/formula.ts [--formulas 2000] [--seconds 0.5] [--rounds 8]
// Seconds of processor time, so that it does not matter much what else the machine does.
// Round robin over all formulas, as the engine meets them: one formula in a loop flatters every compiler.
import { Environment } from '@marcbachmann/cel-js'
import { compile as compileMathjs } from 'mathjs'
import { compileFormula } from '#calc/formula/compile.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import { machine, option, quantile } from './machine.ts'

const count = option('formulas', 2000)
const seconds = option('seconds', 0.5)
const rounds = option('rounds', 8)
const VARIABLES = ['a', 'b', 'c', 'd', 'e'] as const

/** The same arithmetic in three dialects; numbers differ, so that no two formulas share code. */
function texts(index: number): { ours: string; mathjs: string; cel: string } {
  const [k, l] = [`${index + 1}.5`, `${(index % 7) + 2}.25`]
  return {
    ours: `if(\${D:a} > ${k}, \${D:b} * ${l} + \${D:c}, max(\${D:d}, \${D:e}) - abs(\${D:a} - ${k}) / ${l})`,
    mathjs: `a > ${k} ? b * ${l} + c : max(d, e) - abs(a - ${k}) / ${l}`,
    // it has no max and no abs; written out
    cel: `a > ${k} ? b * ${l} + c : (d > e ? d : e) - (a > ${k} ? a - ${k} : ${k} - a) / ${l}`,
  }
}

/** Made before: what draws them is no part of what is compared. */
const DRAWN = Array.from({ length: 4000 }, (_, turn) => VARIABLES.map((_name, index) => ((turn * 31 + index * 17) % 4000) + 0.5))
const values = (turn: number): readonly number[] => DRAWN[turn % DRAWN.length] ?? []

interface Engine {
  readonly name: string
  readonly run: (formula: number, turn: number) => unknown
}

function ours(): Engine {
  const machines = Array.from({ length: count }, (_, index) => compileFormula(parseFormula(texts(index).ours)))
  return {
    name: 'ours',
    run: (formula, turn) => {
      const machine = machines[formula]
      if (machine === undefined) return undefined
      const drawn = values(turn)
      for (let slot = 0; slot < drawn.length; slot++) {
        machine.values[slot] = drawn[slot] ?? Number.NaN
        machine.severities[slot] = 0
      }
      return machine.evaluate()
    },
  }
}

function mathjs(): Engine {
  const formulas = Array.from({ length: count }, (_, index) => compileMathjs(texts(index).mathjs))
  return {
    name: 'mathjs',
    run: (formula, turn) => {
      const [a, b, c, d, e] = values(turn)
      return formulas[formula]?.evaluate({ a, b, c, d, e })
    },
  }
}

function cel(): Engine {
  const environment = new Environment()
  for (const name of VARIABLES) environment.registerVariable(name, 'double')
  const formulas = Array.from({ length: count }, (_, index) => environment.parse(texts(index).cel))
  return {
    name: 'cel-js',
    run: (formula, turn) => {
      const [a, b, c, d, e] = values(turn)
      return formulas[formula]?.({ a, b, c, d, e })
    },
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function rateOf({ run }: Engine): number {
  const start = cpuSeconds()
  let done = 0
  let now = start
  for (; now - start < seconds; now = cpuSeconds()) {
    for (let formula = 0; formula < count; formula++) run(formula, done + formula)
    done += count
  }
  return done / (now - start)
}

console.log(machine())
const engines = [ours(), mathjs(), cel()]
for (let turn = 0; turn < 200; turn++) {
  const [first, ...others] = engines.map(({ run }) => Number(run(turn % count, turn)))
  // the decimals of three orders of the same sums
  if (first === undefined || others.some((one) => Math.abs(one - first) > 1e-6)) throw new Error(`the engines disagree at ${turn}`)
}
const rates = new Map(engines.map((engine) => [engine.name, [] as number[]]))
for (let round = 0; round < rounds; round++) for (const engine of engines) rates.get(engine.name)?.push(rateOf(engine))
const own = rates.get('ours') ?? []
for (const [name, all] of rates) {
  const ratios = all.map((rate, round) => (own[round] ?? 0) / rate)
  const beside =
    name === 'ours' ? '' : `, ours ${quantile(ratios, 0.5).toFixed(1)} times as many (${ratios.map((one) => one.toFixed(1)).join(' ')})`
  console.log(`${name.padEnd(7)} ${(quantile(all, 0.5) / 1e6).toFixed(3)} M evaluations/s over ${count} formulas${beside}`)
}
