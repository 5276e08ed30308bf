import type { Refusals } from '../../refusals.ts'

/** Lo que dice IEC 60870-5-104, por su forma en inglés. */
export const esIec104: Refusals = {
  'Check the port (usually 2404) and that IEC 60870-5-104 is switched on in the station.':
    'Compruebe el puerto (normalmente 2404) y que IEC 60870-5-104 esté activado en la estación.',
  'If that comes again and again, another controlling station may be taking over the link: a station serves one at a time.':
    'Si esto se repite, otro centro de control puede estar tomando el enlace: una estación solo atiende a uno a la vez.',
  'Check the cable, the power of the station and the quality of the line. On a slow line t1 may be too short.':
    'Compruebe el cable, la alimentación de la estación y la calidad de la línea. En una línea lenta t1 puede ser demasiado corto.',
  'Check that the port belongs to IEC 60870-5-104, and that nothing between us and the station changes its telegrams.':
    'Compruebe que el puerto sea el de IEC 60870-5-104 y que nada entre nosotros y la estación cambie los telegramas.',
  'The link to {who} was ended: {why}': 'El enlace con {who} terminó: {why}',
  'The connection to {who} is accepted, but {what}': 'La conexión con {who} se acepta, pero {what}',
  'Enter the IP address of this computer in the list of controlling stations (masters) of the station, and check that no other one holds its link.':
    'Ponga la dirección IP de este ordenador en la lista de centros de control (masters) de la estación, y compruebe que ningún otro ocupe el enlace.',
  'Check the host and the port: 2404 on nearly all stations. Something else listens at {port}.':
    'Compruebe la dirección y el puerto: 2404 en casi todas las estaciones. Otra cosa escucha en {port}.',
  'The link to {who} is held by the device {device} with other settings':
    'El enlace con {who} lo ocupa el equipo {device}, con otra configuración',
  'A station has one link. Give both devices the same settings except for the common address, or put the tags into {device}.':
    'Una estación tiene un solo enlace. Dé a los dos equipos la misma configuración, salvo la dirección común, o ponga las variables en {device}.',
  'it acknowledged frame {number}, but the next one to be sent is {next}':
    'confirmó la trama {number}, pero la próxima por enviar es {next}',
  'frame {number} came where {expected} was expected': 'llegó la trama {number} donde se esperaba {expected}',
  'it sent data before it was asked to start': 'envió datos antes de pedirle el arranque',
  'it did not confirm {what} within t1 = {seconds} s': 'no confirmó {what} en t1 = {seconds} s',
  'it did not answer a test frame within t1 = {seconds} s': 'no respondió a una trama de prueba en t1 = {seconds} s',
  'it did not acknowledge a frame within t1 = {seconds} s': 'no confirmó una trama en t1 = {seconds} s',
  'it was not wanted any more': 'ya no hacía falta',
  'the connection broke: {why}': 'la conexión se cortó: {why}',
  'it closed the connection': 'cerró la conexión',
  'it does not speak IEC 60870-5-104: {why}': 'no habla IEC 60870-5-104: {why}',
  'its data cannot be kept: {why}': 'sus datos no se pueden guardar: {why}',
  'the octet {octet} where a frame begins with 68': 'el octeto {octet} donde una trama empieza por 68',
  'a frame length of {length}, outside {least} to {most}': 'una longitud de trama de {length}, fuera de {least} a {most}',
  'a frame without data that is {length} octets long instead of 6': 'una trama sin datos con {length} octetos en vez de 6',
  'the unknown control function {code}': 'la función de control desconocida {code}',
  'The link is up and answers within {millis} ms, but something does not fit':
    'El enlace está activo y responde en {millis} ms, pero algo no encaja',
  '{count} {objects} reported so far under common address {addresses}':
    '{count} {objects} comunicados hasta ahora, en la dirección común {addresses}',
  object: 'objeto',
  objects: 'objetos',
  'Uses the live link of this device: the station answers a test frame within {millis} ms; {what}':
    'Usa el enlace activo de este equipo: la estación responde a una trama de prueba en {millis} ms; {what}',
  'nothing reported yet': 'aún nada comunicado',
  '{seen} of {tags} tags have been reported': '{seen} de {tags} variables fueron comunicadas',
  'The station has reported none of these addresses': 'La estación no ha comunicado ninguna de estas direcciones',
  'Compare the object addresses with the point list of the station; it reports under common address {addresses}.':
    'Compare las direcciones de los objetos con la lista de puntos de la estación; esta comunica en la dirección común {addresses}.',
  'none yet': '(ninguna aún)',
  '{name} was never reported': '{name} nunca fue comunicado',
  '{name}: the type {type} has no {part}': '{name}: el tipo {type} no tiene {part}',
  'it does not answer a test frame within {seconds} s': 'no responde a una trama de prueba en {seconds} s',
  'it closes it at once': 'la cierra enseguida',
  '{who} does not speak IEC 60870-5-104: {why}': '{who} no habla IEC 60870-5-104: {why}',
  'Check the port: 2404 on nearly all stations.': 'Compruebe el puerto: 2404 en casi todas las estaciones.',
  'The station answers a test frame. The data transfer was not started, so as not to take the link from another controlling station: values show once the device is saved and enabled':
    'La estación responde a una trama de prueba. La transferencia de datos no se inició, para no quitar el enlace a otro centro de control: los valores aparecen al guardar y activar el equipo',
  'The telegrams of the station do not have the length that follows from the octets set for cause, common address and object address. They would fit {sizes}: set these in the device, as they are set in the station.':
    'Los telegramas de la estación no tienen la longitud que resulta de los octetos fijados para causa, dirección común y dirección del objeto. Servirían {sizes}: ponga estos en el equipo, como están en la estación.',
  'It reports under {addresses}: use that, or look up the ASDU address in the settings of the station.':
    'Esta comunica en {addresses}: use esa, o busque la dirección ASDU en la configuración de la estación.',
  'Look up the ASDU address in the settings of the station.': 'Busque la dirección ASDU en la configuración de la estación.',
  'The station does not know common address {address}. {remedy}': 'La estación no conoce la dirección común {address}. {remedy}',
  'The station refuses the general interrogation of common address {address}. {remedy}':
    'La estación rechaza la interrogación general de la dirección común {address}. {remedy}',
  'The station does not answer the general interrogation of common address {address}. {remedy}':
    'La estación no responde a la interrogación general de la dirección común {address}. {remedy}',
  'There is no live link to this station, and only that shows what it reports':
    'No hay enlace activo con esta estación, y solo ese muestra lo que comunica',
  'Save the device and enable it; what the station reports appears here as soon as it is online.':
    'Guarde el equipo y actívelo; lo que la estación comunica aparece aquí en cuanto esté en línea.',
  't2 is {t2} s, but must be less than t1 ({t1} s)': 't2 es {t2} s, pero debe ser menor que t1 ({t1} s)',
  'The standard says 10 s and 15 s.': 'La norma dice 10 s y 15 s.',
  'The address tells everything: leave the settings empty.': 'La dirección lo dice todo: deje la configuración vacía.',
  'The object address {address} does not fit into {octets} octets': 'La dirección del objeto {address} no cabe en {octets} octetos',
  'The largest is {largest}. Or raise "Octets of the object address" of the device.':
    'La mayor es {largest}. O aumente "Octetos de la dirección del objeto" del equipo.',
  'The common address {address} does not fit into {octets} octets': 'La dirección común {address} no cabe en {octets} octetos',
  'With one octet it goes from 1 to 255.': 'Con un octeto va de 1 a 255.',
  'It goes from 1 to 65535.': 'Va de 1 a 65535.',
  'Write for example 1/4001 (common address / object address), 4001, 1/R32/4001, 1/700.3 or 1/900.sequence.':
    'Escriba por ejemplo 1/4001 (dirección común / dirección del objeto), 4001, 1/R32/4001, 1/700.3 o 1/900.sequence.',
  '"{text}" has more than two slashes': '"{text}" tiene más de dos barras',
  'information object address': 'dirección de objeto',
  'common address': 'dirección común',
  '"{text}" is no type of the monitor direction': '"{text}" no es un tipo del sentido de supervisión',
  'Use one of {types}, or a name such as M_ME_TF_1.': 'Use uno de {types}, o un nombre como M_ME_TF_1.',
  '"{text}" in "{body}" is no {what}': '"{text}" en "{body}" no es una {what}',
  'The {what} {number} is too large': 'La {what} {number} es demasiado grande',
  'The largest is {largest}.': 'La mayor es {largest}.',
  '{type} in "{body}" has no single bits': '{type} en "{body}" no tiene bits separados',
  'Bit {bit} in "{body}" does not exist': 'El bit {bit} en "{body}" no existe',
  'There are the bits 0 to {last}.': 'Hay los bits 0 a {last}.',
  '"{text}" after the point in "{body}" is not understood': 'No se entiende "{text}" después del punto en "{body}"',
  '{type} in "{body}" has no {part}': '{type} en "{body}" no tiene {part}',
  'Single point': 'Punto simple',
  'Double point': 'Punto doble',
  'Step position': 'Posición de toma',
  'Bit string of 32 bits': 'Cadena de 32 bits',
  'Measured value, normalized': 'Medida normalizada',
  'Measured value, scaled': 'Medida escalada',
  'Measured value, floating point': 'Medida en coma flotante',
  'Integrated total': 'Contador',
  'Protection event': 'Evento de protección',
  'Protection start events': 'Arranques de protección',
  'Protection output circuits': 'Circuitos de salida de la protección',
  '16 single points with change detection': '16 puntos simples con detección de cambio',
  'invalid (IV)': 'no válido (IV)',
  'not topical (NT)': 'no actual (NT)',
  'substituted (SB)': 'sustituido (SB)',
  'blocked (BL)': 'bloqueado (BL)',
  'overflow (OV)': 'desbordamiento (OV)',
  'intermediate or faulty position': 'posición intermedia o defectuosa',
  'clock of the station invalid': 'reloj de la estación no válido',
  'summer time (SU)': 'hora de verano (SU)',
  'local time that occurs twice or never': 'hora local que ocurre dos veces o ninguna',
  'time of receipt': 'hora de recepción',
}
