/** Lo que se guarda: almacenamiento, retención, copias de seguridad. */
export const esStorage = {
  'storage.title': 'Almacenamiento',
  'storage.hint': 'Espacio en disco, retención, copias de seguridad',
  'retention.title': 'Retención de datos',
  'retention.text':
    'Lo más antiguo se borra a las 03:00, hora del sitio. Una alarma activa y un caso abierto conservan lo que muestran, sea cual sea su edad. El espacio en la base de datos vuelve a servir para muestras nuevas.',
  'retention.samples': 'Mediciones en bruto',
  'retention.alarms': 'Historial de alarmas',
  'retention.messages': 'Historial de mensajes',
  'retention.csvFiles': 'Archivos CSV de origen',
  'retention.csvHint': 'Borra los archivos leídos hasta el último byte; el registro de lo leído permanece.',
  'retention.forEver': 'para siempre',
  'retention.days': { one: '{count} día', other: '{count} días' },
  'retention.years': { one: '{count} año', other: '{count} años' },
  'retention.nothingYet': 'Todavía no hay nada guardado.',
  'retention.now': { one: '{count} registro, {size}, desde {since}.', other: '{count} registros, {size}, desde {since}.' },
  'retention.takesNothing': 'Nada es tan antiguo.',
  'retention.takes': {
    one: 'Borra {count} registro, {size}, anterior al {before}.',
    other: 'Borra {count} registros, {size}, anteriores al {before}.',
  },
  'retention.next': 'Próxima ejecución:',
  'retention.last': 'Última ejecución:',
  'retention.confirmTitle': '¿Guardar la retención?',
  'retention.confirmText': 'La próxima noche borra definitivamente unos {size}. Solo una copia de seguridad lo recupera.',
  'retention.confirmNothing': 'Todavía nada es tan antiguo como para borrarse.',
}
