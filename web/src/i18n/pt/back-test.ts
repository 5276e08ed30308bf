import type { enBackTest } from '../en/back-test.ts'
import type { Dictionary } from '../translate.ts'

export const ptBackTest: Pick<Dictionary, keyof typeof enBackTest> = {
  'backTest.title': 'Experimentado no histórico',
  'backTest.try': 'Experimentar no histórico',
  'backTest.running': 'A avaliar o histórico',
  'backTest.occurrences': 'Alarmes',
  'backTest.timeInAlarm': 'Tempo em alarme',
  'backTest.longest': 'Mais longo',
  'backTest.chattering': 'Intermitência',
  'backTest.floods': 'Avalanches',
  'backTest.nothing': 'Nada foi guardado neste período: não haver alarmes nada significa.',
  'backTest.since': 'O histórico começa em {time}.',
  'backTest.gaps': 'Durante {span} nada se sabe (tracejado): aí a regra não pôde avaliar.',
  'backTest.raised': 'Início',
  'backTest.lasted': 'Duração',
  'backTest.stands': 'Ainda ativo',
  'backTest.days': { one: '{count} dia', other: '{count} dias' },
  'backTest.list': { one: 'O alarme mais recente', other: 'Os {count} alarmes mais recentes' },
}
