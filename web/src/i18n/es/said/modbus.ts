import type { Refusals } from '../../refusals.ts'

/** Lo que dice Modbus TCP, por su forma en inglés. */
export const esModbus: Refusals = {
  'Check the port (usually 502), that Modbus TCP is switched on in the device, and that no other client holds its only connection.':
    'Compruebe el puerto (normalmente 502), que Modbus TCP esté activado en el equipo y que ningún otro cliente ocupe su única conexión.',
  '{who} sends something other than Modbus TCP: {why}': '{who} envía algo que no es Modbus TCP: {why}',
  'Check the port, and that the device speaks Modbus TCP and not Modbus RTU over TCP.':
    'Compruebe el puerto y que el equipo hable Modbus TCP y no Modbus RTU sobre TCP.',
  '{who} answered as unit {answered} although unit {asked} was asked':
    '{who} respondió como unidad {answered}, pero se preguntó a la unidad {asked}',
  'Set the unit id to {unit} if that is the device you mean.': 'Ponga el número de unidad en {unit}, si ese es el equipo que quiere.',
  '{who}, unit {unit}, answered {request} with {what}': '{who}, unidad {unit}, respondió con {what} ({request})',
  'A gateway that mixes up answers: lower "Requests in flight" to 1 and "Registers per request", and check for a second client.':
    'Una pasarela que mezcla respuestas: baje "Peticiones simultáneas" a 1 y "Registros por petición", y mire si hay un segundo cliente.',
  '{who}, unit {unit}, answered {request} with another transaction id than that of the request':
    '{who}, unidad {unit}, respondió con un número de transacción que no es el de la petición ({request})',
  'Switch on "Ignore transaction id" in the settings of the device, if the gateway always does so.':
    'Active "Ignorar el número de transacción" en la configuración del equipo, si la pasarela lo hace siempre.',
  '{who}, unit {unit}, did not answer {request} within {millis} ms': '{who}, unidad {unit}, no respondió en {millis} ms ({request})',
  'Check the unit id and that the device behind the gateway is powered; a slow device needs a longer time-out.':
    'Compruebe el número de unidad y que el equipo detrás de la pasarela tenga alimentación; un equipo lento necesita un tiempo límite mayor.',
  '{who} closed the connection before it answered': '{who} cerró la conexión antes de responder',
  'Many devices serve only one or a few connections: close other clients. If it drops idle connections, set a heartbeat.':
    'Muchos equipos solo admiten una o pocas conexiones: cierre otros clientes. Si corta las conexiones inactivas, configure una señal de vida.',
  'The connection to {who} has been closed by us': 'La conexión con {who} la cerramos nosotros',
  '{who}: the gateway answers, but the device behind it does not: {why}':
    '{who}: la pasarela responde, pero el equipo detrás de ella no: {why}',
  'Check the unit id, the wiring behind the gateway and the power of the device.':
    'Compruebe el número de unidad, el cableado detrás de la pasarela y la alimentación del equipo.',
  'Check the unit id and the settings of the gateway.': 'Compruebe el número de unidad y la configuración de la pasarela.',
  '{address}, unit {unit}': '{address}, unidad {unit}',
  'function code {code}, address {address}, quantity {quantity}': 'código de función {code}, dirección {address}, cantidad {quantity}',
  'exception {code} ({why})': 'excepción {code} ({why})',
  'illegal function': 'función no permitida',
  'illegal data address': 'dirección inexistente',
  'illegal data value': 'valor no permitido',
  'server device failure': 'fallo del equipo',
  'acknowledge, still working': 'recibido, aún en proceso',
  'server device busy': 'equipo ocupado',
  'memory parity error': 'error de paridad de memoria',
  'gateway path unavailable': 'sin camino en la pasarela',
  'gateway target device failed to respond': 'el equipo detrás de la pasarela no responde',
  'not in the standard': 'no está en la norma',
  'protocol identifier {id} instead of 0': 'identificador de protocolo {id} en vez de 0',
  'a frame length of {length}, outside 2 to 254': 'una longitud de trama de {length}, fuera de 2 a 254',
  'an empty reply': 'una respuesta vacía',
  'an exception reply of {bytes} bytes instead of 2': 'una respuesta de excepción de {bytes} bytes en vez de 2',
  'function code {code} although {asked} was asked': 'el código de función {code}, pero se pidió el {asked}',
  '{bytes} bytes of data although {asked} were asked': '{bytes} bytes de datos, pero se pidieron {asked}',
  '{bytes} (announced as {announced})': '{bytes} (anunciados como {announced})',
  'Uses the connection to {who} that is already open': 'Usa la conexión con {who}, que ya está abierta',
  'Unit {unit} answers, but refuses {what}: {why}': 'La unidad {unit} responde, pero rechaza {what}: {why}',
  'this address': 'esta dirección',
  'every address': 'todas las direcciones',
  'Check the address, the unit id ({unit}) and the address offset of the device ({offset}).':
    'Compruebe la dirección, el número de unidad ({unit}) y el desplazamiento de direcciones del equipo ({offset}).',
  '{problem}, but unit {unit} answers': '{problem}, pero la unidad {unit} responde',
  'Set the unit id to {unit}.': 'Ponga el número de unidad en {unit}.',
  'Unit {unit} answers: {name} could be read': 'La unidad {unit} responde: {name} se pudo leer',
  'Unit {unit} answers: {why} for {name}, so the device is there but has no such register':
    'La unidad {unit} responde: {why} para {name}; el equipo está ahí pero no tiene ese registro',
  '{name} holds no number (not a number or infinite): check the data type and byte order':
    '{name} no contiene un número (no es número o es infinito): compruebe el tipo de datos y el orden de los bytes',
  '{device} answers, but refuses every address: {why}': '{device} responde, pero rechaza todas las direcciones: {why}',
  'Check the unit id ({unit}), the address offset ({offset}) and the addresses of the tags.':
    'Compruebe el número de unidad ({unit}), el desplazamiento de direcciones ({offset}) y las direcciones de las variables.',
  '{device} answers every request with an exception: {why}': '{device} responde a todas las peticiones con una excepción: {why}',
  'The device itself reports trouble: look at its diagnosis.': 'El propio equipo comunica una avería: mire su diagnóstico.',
  'That reaches beyond address 65535, the last one.': 'Eso pasa de la dirección 65535, la última.',
  'This is no span of registers.': 'Esto no es un intervalo de registros.',
  'Choose bool, or a register (HR or IR).': 'Elija bool, o un registro (HR o IR).',
  'Choose bool, or leave out the bit after the point.': 'Elija bool, o quite el bit después del punto.',
  'A string needs its length': 'Un texto necesita su longitud',
  'Give the number of bytes: twice the number of registers.': 'Indique el número de bytes: el doble del número de registros.',
  'Choose a lower address or a shorter data type.': 'Elija una dirección más baja o un tipo de datos más corto.',
  'A {type} at {name} needs {count} registers in one request, but this device allows {most}':
    'Un {type} en {name} necesita {count} registros en una petición, pero este equipo permite {most}',
  'Raise "Registers per request" of the device, or choose a shorter data type: one value is never read in two halves.':
    'Aumente "Registros por petición" del equipo, o elija un tipo de datos más corto: un valor nunca se lee en dos mitades.',
  'Write for example 40001, 400001, HR0, IR12, 30001, 10001, 00001, C5, DI5, HR0x1F or 40001.3.':
    'Escriba por ejemplo 40001, 400001, HR0, IR12, 30001, 10001, 00001, C5, DI5, HR0x1F o 40001.3.',
  coils: 'bobinas',
  'discrete inputs': 'entradas discretas',
  'holding registers': 'registros de retención',
  'input registers': 'registros de entrada',
  '"{text}" lies before the first of the {area}, which is number {first} here':
    '"{text}" queda antes del primer número ({area}), que aquí es {first}',
  'The first one is written {leading}0001, or {letters}{number}.': 'El primero se escribe {leading}0001, o {letters}{number}.',
  'Write {letters}1 for the first one, or set the address offset of the device to 0.':
    'Escriba {letters}1 para el primero, o ponga el desplazamiento de direcciones del equipo en 0.',
  '"{text}" lies beyond the last of the {area}': '"{text}" queda después del último número ({area})',
  'Modbus knows 65536 of them: the last is {last}.': 'Modbus conoce 65536: el último es {last}.',
  '"{text}" names a bit of one of the {area}, which are single bits already':
    '"{text}" indica un bit donde cada dirección ya es un solo bit ({area})',
  '"{text}" at character {at} of "{body}" is no Modbus area': '"{text}", en el carácter {at} de "{body}", no es ningún área Modbus',
  'Use HR (holding registers), IR (input registers), C (coils) or DI (discrete inputs).':
    'Use HR (registros de retención), IR (registros de entrada), C (bobinas) o DI (entradas discretas).',
  'A number is missing at character {at} of "{body}"': 'Falta un número en el carácter {at} de "{body}"',
  '"{text}" at character {at} of "{body}" belongs to no Modbus area: 0 are coils, 1 discrete inputs, 3 input and 4 holding registers':
    '"{text}", en el carácter {at} de "{body}", no pertenece a ningún área Modbus: 0 son bobinas, 1 entradas discretas, 3 registros de entrada y 4 registros de retención',
  'For the plain register number write HR{number} or IR{same}.': 'Para el número simple del registro escriba HR{number} o IR{same}.',
  '"{text}" at character {at} of "{body}" is not understood': 'No se entiende "{text}", en el carácter {at} de "{body}"',
  'After the number only a bit may follow: a point and 0 to 15, as in 40001.3.':
    'Después del número solo puede venir un bit: un punto y 0 a 15, como en 40001.3.',
  'Bit {bit} at character {at} of "{body}" does not exist': 'El bit {bit}, en el carácter {at} de "{body}", no existe',
  'A register has the bits 0 to 15.': 'Un registro tiene los bits 0 a 15.',
  '"{text}" is one of the {area}, but function code {code} reads {other}':
    '"{text}" pertenece a {area}, pero el código de función {code} lee {other}',
  'Clear the function code of the tag, or write the address as a plain number.':
    'Borre el código de función de la variable, o escriba la dirección como número simple.',
}
