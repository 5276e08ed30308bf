import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormulaProblem } from '#calc/formula/problem.ts'
import { es } from '../../i18n/es.ts'
import { translator } from '../../i18n/translate.ts'
import { problemText, readFormula } from './formula-result.ts'

test('what is wrong with a formula is said in the language of its author', () => {
  const t = translator(es, 'es')
  const rows: [string, string][] = [
    ['avg_', 'No existe la función avg_; una variable se escribe ${Equipo:Variable}.'],
    ['1 +', 'Falta un valor al final de la fórmula.'],
    ['avg_over(${a:b}', 'avg_over necesita un tiempo: avg_over(${Equipo:Variable}, 15m).'],
    ['clamp(1)', 'El número de argumentos de clamp es 3, no 1.'],
  ]
  for (const [text, said] of rows) {
    const read = readFormula(text)
    assert.ok(read instanceof FormulaProblem)
    assert.equal(problemText(read, t), said)
  }
})
