import type { enKpi } from '../en/kpi.ts'
import type { Dictionary } from '../translate.ts'

export const esKpi: Pick<Dictionary, keyof typeof enKpi> = {
  'kpi.title': 'Indicadores',
  'kpi.hint': 'Calculados sobre todos los equipos, con un objetivo: verde, ámbar o rojo en Inicio',
  'kpi.add': 'Añadir indicador',
  'kpi.none': 'Todavía no hay indicadores',
  'kpi.noneHint':
    'Como la energía por metro cúbico: una fórmula sobre variables de cualquier equipo, guardada, con tendencia y alarmas como cualquier variable.',
  'kpi.status': 'Estado',
  'kpi.noTarget': 'Sin objetivo',
  'kpi.is.green': 'En objetivo',
  'kpi.is.amber': 'Atención',
  'kpi.is.red': 'Fuera de objetivo',
  'kpi.is.none': 'Sin evaluar',
  'kpi.home': 'Pertenece a',
  'kpi.homeHint': 'Quien puede ver este equipo ve el indicador',
  'kpi.mode': 'Alarma',
  'kpi.mode.none': 'Ninguna',
  'kpi.mode.none.hint': 'Solo se muestra y se guarda',
  'kpi.mode.threshold': 'Valor',
  'kpi.mode.threshold.hint': 'El valor cruza un límite',
  'kpi.mode.deviation': 'Desviación en %',
  'kpi.mode.deviation.hint': 'Demasiado lejos del objetivo, en % de él',
  'kpi.mode.out_of_band': 'Fuera de banda',
  'kpi.mode.out_of_band.hint': 'Más allá del objetivo más o menos una tolerancia',
  'kpi.remove': 'Quitar el indicador',
  'kpi.removeText': 'Sus alarmas se van con él; lo guardado se queda.',
}
