import type { enFormula } from '../en/formula.ts'
import type { Dictionary } from '../translate.ts'

export const esFormula: Pick<Dictionary, keyof typeof enFormula> = {
  'formula.options': 'Nombres que encajan',
  'formula.place': 'En el carácter {place}',
  'formula.reading': 'Leído como',
  'formula.reference': 'Variable',
  'formula.missing': 'No existe tal variable o no puede verla',
  'formula.result': 'Resultado ahora:',
  'formula.windows': 'se calcula al guardar: una ventana necesita su histórico',
  'formula.none': 'sin valor',
  'formula.units': 'Lee unidades distintas: {units}. No se convierten.',
}
