import type { Refusals } from '../../refusals.ts'

/** Lo que se dice de la conexión con cualquier equipo, por su forma en inglés. */
export const esDevices: Refusals = {
  '{who} did not accept the connection within {seconds} s': '{who} no aceptó la conexión en {seconds} s',
  'Check the IP address, the cable, the power of the {peer} and firewalls on the way.':
    'Compruebe la dirección IP, el cable, la alimentación {peer} y los cortafuegos del camino.',
  device: 'del equipo',
  station: 'de la estación',
  broker: 'del broker',
  '{who} refuses the connection: nothing listens on port {port}': '{who} rechaza la conexión: nada escucha en el puerto {port}',
  'There is no way to {who}': 'No hay camino hasta {who}',
  'Check the IP address, the cable, and the network settings of this computer.':
    'Compruebe la dirección IP, el cable y la configuración de red de este ordenador.',
  'The host name "{host}" is not known': 'El nombre "{host}" no se conoce',
  'Check the spelling, or give the IP address of the {peer}.': 'Compruebe cómo está escrito, o indique la dirección IP {peer}.',
  'The connection to {who} failed: {why}': 'La conexión con {who} falló: {why}',
  'Check the IP address, the cable and the power of the {peer}.': 'Compruebe la dirección IP, el cable y la alimentación {peer}.',
  'Look into the log for details.': 'Vea los detalles en el registro.',
  '{host} is an IP address': '{host} es una dirección IP',
  '{host} has the address {address}': '{host} tiene la dirección {address}',
  'The settings cannot be read': 'No se puede leer la configuración',
  'It knows {names}.': 'Conoce {names}.',
  '{whose} knows no setting "{key}"{of}': '{whose} no conoce el ajuste "{key}"{of}',
  ' of a tag': ' de una variable',
  '{device} did not let itself be connected within {seconds} s': 'No fue posible conectar con {device} en {seconds} s',
  'Look whether something between here and the device holds the connection up: a firewall, a gateway.':
    'Mire si algo entre aquí y el equipo retiene la conexión: un cortafuegos, una pasarela.',
  '{device} did not take up its tags within {seconds} s': '{device} no tomó sus variables en {seconds} s',
  'A round of {device} took longer than {seconds} s and was given up':
    'Una vuelta de lectura de {device} tardó más de {seconds} s y se abandonó',
  'Poll less often or fewer tags, or shorten the time-out: the device answers too slowly for so many.':
    'Lea con menos frecuencia o menos variables, o acorte el tiempo límite: el equipo responde demasiado despacio para tantas.',
  'The session of {device} has ended': 'La sesión de {device} ha terminado',
  'It brought its driver process down three times within ten minutes and is left out so that the others go on. Press "retry now", or change its settings, to try it again; it is tried by itself after an hour. The log of the process says what happened.':
    'Hizo caer el proceso de su controlador tres veces en diez minutos y queda fuera para que los demás sigan. Pulse "Probar ahora", o cambie su configuración, para intentarlo de nuevo; al cabo de una hora se intenta solo. El registro del proceso dice qué pasó.',
  'The device ended the conversation.': 'El equipo terminó la comunicación.',
  'It is connected again by itself.': 'La conexión se restablece por sí sola.',
  'There is no {title} {code}.': 'No hay {title} {code}.',
  'Add the {title}, or name another one.': 'Añádalo ({title}), o indique otro.',
  '{bad} of {tags} tags cannot be read, the first is {tag}. Check their addresses and types.':
    '{bad} de {tags} variables no se pueden leer, la primera es {tag}. Compruebe las direcciones y los tipos.',
  '{source} does not know the device yet.': '{source} todavía no conoce el equipo.',
  'Correct it in the form.': 'Corríjalo en el formulario.',
  '{source} has nothing to look through.': '{source} no tiene nada que explorar.',
  '{source} has no action {name}.': '{source} no tiene la acción {name}.',
  '{source} does not know the request {kind}.': '{source} no conoce la petición {kind}.',
  'There is no driver for {protocol}.': 'No hay controlador para {protocol}.',
  'The process {name} did not answer within {seconds} s.': 'El proceso {name} no respondió en {seconds} s.',
  'The driver did not answer in time.': 'El controlador no respondió a tiempo.',
  '{read} of {tags} tags read': '{read} de {tags} variables leídas',
  '{read} of {tags} tags read; see the others below': '{read} de {tags} variables leídas; vea las otras abajo',
  '{who} accepts the connection': '{who} acepta la conexión',
  'Only a name or an IP address, without http:// and without the port': 'Solo un nombre o una dirección IP, sin http:// y sin el puerto',
  'The address is empty': 'La dirección está vacía',
  'Leave out the point and what follows it.': 'Quite el punto y lo que sigue.',
  'another name': 'otro nombre',
  'See under System whether it is running; its log says what keeps it.':
    'Mire en Sistema si está en marcha; su registro dice qué lo detiene.',
}
