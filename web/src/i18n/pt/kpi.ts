import type { enKpi } from '../en/kpi.ts'
import type { Dictionary } from '../translate.ts'

export const ptKpi: Pick<Dictionary, keyof typeof enKpi> = {
  'kpi.title': 'Indicadores',
  'kpi.hint': 'Calculados sobre todos os equipamentos, com uma meta: verde, âmbar ou vermelho no Início',
  'kpi.add': 'Adicionar indicador',
  'kpi.none': 'Ainda não há indicadores',
  'kpi.noneHint':
    'Como a energia por metro cúbico: uma fórmula sobre variáveis de qualquer equipamento, guardada, com tendência e alarmes como qualquer variável.',
  'kpi.status': 'Estado',
  'kpi.noTarget': 'Sem meta',
  'kpi.is.green': 'Na meta',
  'kpi.is.amber': 'Atenção',
  'kpi.is.red': 'Fora da meta',
  'kpi.is.none': 'Não avaliado',
  'kpi.home': 'Pertence a',
  'kpi.homeHint': 'Quem pode ver este equipamento vê o indicador',
  'kpi.mode': 'Alarme',
  'kpi.mode.none': 'Nenhum',
  'kpi.mode.none.hint': 'Apenas mostrado e guardado',
  'kpi.mode.threshold': 'Valor',
  'kpi.mode.threshold.hint': 'O valor ultrapassa um limite',
  'kpi.mode.deviation': 'Desvio em %',
  'kpi.mode.deviation.hint': 'Longe demais da meta, em % dela',
  'kpi.mode.out_of_band': 'Fora da faixa',
  'kpi.mode.out_of_band.hint': 'Além da meta mais ou menos uma tolerância',
  'kpi.remove': 'Remover o indicador',
  'kpi.removeText': 'Os seus alarmes vão com ele; o que foi guardado fica.',
}
