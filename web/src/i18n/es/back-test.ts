import type { enBackTest } from '../en/back-test.ts'
import type { Dictionary } from '../translate.ts'

export const esBackTest: Pick<Dictionary, keyof typeof enBackTest> = {
  'backTest.title': 'Probado en el histórico',
  'backTest.try': 'Probar en el histórico',
  'backTest.running': 'Juzgando el histórico',
  'backTest.occurrences': 'Alarmas',
  'backTest.timeInAlarm': 'Tiempo en alarma',
  'backTest.longest': 'Más larga',
  'backTest.chattering': 'Intermitencia',
  'backTest.floods': 'Avalanchas',
  'backTest.nothing': 'No se guardó nada en este periodo: que no haya alarmas no significa nada.',
  'backTest.since': 'El histórico empieza en {time}.',
  'backTest.gaps': 'Durante {span} no se sabe nada (rayado): ahí la regla no pudo juzgar.',
  'backTest.raised': 'Inicio',
  'backTest.lasted': 'Duración',
  'backTest.stands': 'Sigue activa',
  'backTest.days': { one: '{count} día', other: '{count} días' },
  'backTest.list': { one: 'La alarma más reciente', other: 'Las {count} alarmas más recientes' },
}
