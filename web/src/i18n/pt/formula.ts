import type { enFormula } from '../en/formula.ts'
import type { Dictionary } from '../translate.ts'

export const ptFormula: Pick<Dictionary, keyof typeof enFormula> = {
  'formula.options': 'Nomes que servem',
  'formula.place': 'No carácter {place}',
  'formula.reading': 'Lido como',
  'formula.reference': 'Variável',
  'formula.missing': 'Não existe tal variável ou não a pode ver',
  'formula.result': 'Resultado agora:',
  'formula.windows': 'calculado depois de guardar: uma janela precisa do seu histórico',
  'formula.none': 'sem valor',
  'formula.units': 'Lê unidades diferentes: {units}. Não são convertidas.',
}
