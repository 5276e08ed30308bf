/** Textos de los formularios que describe el servidor, por su forma inglesa. */
export const esSchema: Readonly<Record<string, string>> = {
  Host: 'Dirección',
  'Name or IP address of the device or gateway.': 'Nombre o dirección IP del equipo o de la pasarela.',
  Port: 'Puerto',
  'TCP port, 502 on nearly all devices.': 'Puerto TCP, 502 en casi todos los equipos.',
  'Unit id': 'Número de unidad',
  'Number of the device behind a gateway. A device with its own network socket often wants 1 or 255.':
    'Número del equipo detrás de una pasarela. Un equipo con conexión de red propia suele querer 1 o 255.',
  'Byte order (32 and 64 bit)': 'Orden de los bytes (32 y 64 bits)',
  'ABCD is what the standard says; CDAB swaps the registers and is the most common deviation; BADC swaps the bytes; DCBA both.':
    'ABCD es lo que dice la norma; CDAB intercambia los registros y es la desviación más común; BADC intercambia los bytes; DCBA ambos.',
  'Swap bytes (16 bit and strings)': 'Intercambiar bytes (16 bits y textos)',
  'The device sends the low byte of each register first.': 'El equipo envía primero el byte bajo de cada registro.',
  'Address offset': 'Desplazamiento de direcciones',
  'Whether the manual of the device calls the first register 0 or 1. Concerns HR, IR, C, DI and plain numbers, not 40001.':
    'Si el manual del equipo llama 0 o 1 al primer registro. Afecta a HR, IR, C, DI y números simples, no a 40001.',
  'Registers per request': 'Registros por petición',
  'Lower it for gateways that refuse long requests, for example to 64, 32 or 15.':
    'Redúzcalo para pasarelas que rechazan peticiones largas, por ejemplo a 64, 32 o 15.',
  'Gap to read along': 'Hueco que se lee junto',
  'Registers between two tags that are read along to save a request. 0 reads only what is asked.':
    'Registros entre dos variables que se leen juntos para ahorrar una petición. 0 lee solo lo pedido.',
  'Requests in flight': 'Peticiones simultáneas',
  'More than 1 only for devices known to answer several requests at once. S7-1200 and serial gateways need 1.':
    'Más de 1 solo para equipos que responden a varias peticiones a la vez. S7-1200 y pasarelas serie necesitan 1.',
  'Heartbeat (s)': 'Señal de vida (s)',
  'Reads one register when nothing was sent for so long, for devices that drop idle connections. 0 switches it off.':
    'Lee un registro cuando no se envió nada durante este tiempo, para equipos que cortan conexiones inactivas. 0 lo apaga.',
  'Heartbeat address': 'Dirección de la señal de vida',
  'Any register that the device answers.': 'Cualquier registro al que responda el equipo.',
  'Ignore transaction id': 'Ignorar el número de transacción',
  'For gateways that answer with a wrong transaction id. Late answers can then be mistaken: leave it off where possible.':
    'Para pasarelas que responden con un número de transacción erróneo. Las respuestas tardías pueden confundirse: déjelo apagado si es posible.',
  'Connect time-out (ms)': 'Tiempo límite de conexión (ms)',
  'How long to wait for the device to accept the connection.': 'Cuánto esperar a que el equipo acepte la conexión.',
  'Data type': 'Tipo de datos',
  'How the registers are read. Default: bool for coils, discrete inputs and bits, otherwise uint16.':
    'Cómo se leen los registros. Por defecto: bool para bobinas, entradas discretas y bits, si no uint16.',
  'Only where it differs from the device.': 'Solo donde difiere del equipo.',
  'Length (bytes)': 'Longitud (bytes)',
  'Of a string; two bytes to the register.': 'De un texto; dos bytes por registro.',
  Encoding: 'Codificación',
  'Of a string.': 'De un texto.',
  'Bit order': 'Orden de los bits',
  'Whether bit 0 of an address like 40001.0 is the least (lsb) or the most significant (msb).':
    'Si el bit 0 de una dirección como 40001.0 es el menos (lsb) o el más significativo (msb).',
  'Function code': 'Código de función',
  'Overrides the one that follows from the address: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers.':
    'Sustituye al que resulta de la dirección: 1 bobinas, 2 entradas discretas, 3 registros de retención, 4 registros de entrada.',
  'Bot token': 'Clave del bot',
  'From @BotFather, after /newbot.': 'De @BotFather, después de /newbot.',
  Server: 'Servidor',
  'Another address only behind a proxy or with a Bot API server of your own.':
    'Otra dirección solo detrás de un proxy o con un servidor Bot API propio.',
  'Name or address of the mail server.': 'Nombre o dirección del servidor de correo.',
  '587 with STARTTLS, 465 with TLS, 25 inside a plant.': '587 con STARTTLS, 465 con TLS, 25 dentro de una planta.',
  Security: 'Seguridad',
  'starttls and tls refuse a server whose certificate does not fit.':
    'starttls y tls rechazan un servidor cuyo certificado no corresponda.',
  User: 'Usuario',
  'Empty when the server asks for none.': 'Vacío cuando el servidor no pide ninguno.',
  Password: 'Contraseña',
  From: 'De',
  'The sender that people see.': 'El remitente que ve la gente.',
}
