import { esChannels } from './channels.ts'
import { esChoices } from './choices.ts'

/** Textos de los formularios que describe el servidor, por su forma inglesa. */
export const esSchema: Readonly<Record<string, string>> = {
  ...esChannels,
  ...esChoices,
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
  Broker: 'Broker',
  'Code of one of the MQTT brokers.': 'Código de uno de los brokers MQTT.',
  Kind: 'Tipo',
  'Plain topics with any payload, or a Sparkplug B edge node or device.':
    'Tópicos simples con cualquier contenido, o un nodo de borde o equipo Sparkplug B.',
  'Topic prefix': 'Prefijo del tópico',
  "Plain topics: put before each tag's topic. May be empty.":
    'Tópicos simples: se pone delante del tópico de cada variable. Puede quedar vacío.',
  QoS: 'QoS',
  'Plain topics: 1 is acknowledged only when the value is safely on disk; 0 may lose messages when the connection breaks.':
    'Tópicos simples: 1 solo se confirma cuando el valor está seguro en disco; 0 puede perder mensajes cuando se corta la conexión.',
  'Group id': 'Grupo',
  'Sparkplug: the group of the edge node. Leave it empty to browse what the broker carries.':
    'Sparkplug: el grupo del nodo de borde. Déjelo vacío para explorar lo que transporta el broker.',
  'Edge node id': 'Nodo de borde',
  'Sparkplug: the edge node.': 'Sparkplug: el nodo de borde.',
  'Device id': 'Equipo',
  'Sparkplug: the device behind the edge node. Empty: the metrics of the edge node itself.':
    'Sparkplug: el equipo detrás del nodo de borde. Vacío: las métricas del propio nodo.',
  'JSON path': 'Ruta JSON',
  'Where the value stands in a JSON payload; [*] takes every element of an array. Empty: the whole payload is the value.':
    'Dónde está el valor en un contenido JSON; [*] toma cada elemento de una lista. Vacío: el contenido entero es el valor.',
  'Read as': 'Leer como',
  'Auto: as it is written. Number, boolean or text: anything else is a Bad value.':
    'Auto: como está escrito. Número, booleano o texto: cualquier otra cosa es un valor malo.',
  'Time stamp path': 'Ruta de la hora',
  'Where the time stands in the payload. Empty: the moment of arrival.':
    'Dónde está la hora en el contenido. Vacío: el momento de la llegada.',
  'Time stamp unit': 'Unidad de la hora',
  'Auto: text is ISO 8601, numbers are seconds, milliseconds, microseconds or nanoseconds since 1970 by their size.':
    'Auto: el texto es ISO 8601; los números son segundos, milisegundos, microsegundos o nanosegundos desde 1970, según su tamaño.',
  'Time zone': 'Zona horaria',
  'Of time stamps in ISO 8601 that name no offset.': 'De horas en ISO 8601 que no indican su desfase.',
  'Name or IP address of the broker.': 'Nombre o dirección IP del broker.',
  '1883 is usual, 8883 with TLS.': '1883 es lo habitual, 8883 con TLS.',
  'User name': 'Nombre de usuario',
  'Empty when the broker asks for none.': 'Vacío cuando el broker no pide ninguno.',
  'Kept sealed; never shown again.': 'Se guarda cifrada; no se vuelve a mostrar.',
  TLS: 'TLS',
  'Encrypts the connection. Without it the password travels in clear.': 'Cifra la conexión. Sin ello la contraseña viaja en claro.',
  'CA certificate (PEM)': 'Certificado de la autoridad (PEM)',
  "Of the authority that signed the broker's certificate, or that certificate itself. Empty: those that the system trusts.":
    'De la autoridad que firmó el certificado del broker, o ese mismo certificado. Vacío: las que reconoce el sistema.',
  "Check the broker's certificate": 'Comprobar el certificado del broker',
  'Off, anybody on the way can pretend to be the broker and read the password. Better give the CA certificate.':
    'Desactivado, cualquiera en el camino puede hacerse pasar por el broker y leer la contraseña. Es mejor indicar el certificado de la autoridad.',
  'Name in the certificate': 'Nombre en el certificado',
  'When it differs from the host, for example because the host is an IP address (SNI).':
    'Cuando difiere de la dirección, por ejemplo porque esta es una dirección IP (SNI).',
  'Client certificate (PEM)': 'Certificado del cliente (PEM)',
  'For brokers that know their clients by certificate.': 'Para brokers que reconocen a sus clientes por el certificado.',
  'Client key (PEM)': 'Clave del cliente (PEM)',
  'Of the client certificate, without a passphrase.': 'Del certificado del cliente, sin frase de paso.',
  'Client id': 'Identificador del cliente',
  'Must be unique on the broker. Empty: one that this installation keeps for ever. The Sparkplug connection adds "-host".':
    'Debe ser único en el broker. Vacío: uno que esta instalación mantiene para siempre. La conexión Sparkplug añade "-host".',
  'MQTT version': 'Versión de MQTT',
  '3.1.1 is understood by every broker; 5 tells more about what went wrong.':
    'Todos los brokers entienden la 3.1.1; la 5 dice más sobre lo que falló.',
  'Keep alive (s)': 'Señal de conexión (s)',
  'A broker that hangs is noticed after one and a half times this.': 'Un broker bloqueado se nota al cabo de una vez y media este tiempo.',
  Session: 'Sesión',
  'Persistent: the broker keeps messages of QoS 1 while SyncTide is away. Sparkplug always uses a clean one, as its standard demands.':
    'Persistente: el broker guarda los mensajes de QoS 1 mientras SyncTide está fuera. Sparkplug usa siempre una limpia, como exige su norma.',
  'Sparkplug host id': 'Identificador del anfitrión Sparkplug',
  'Under which edge nodes see whether SyncTide is there (STATE). Empty: another program is the host; SyncTide only listens.':
    'Con el que los nodos de borde ven si SyncTide está presente (STATE). Vacío: el anfitrión es otro programa; SyncTide solo escucha.',
  'Sparkplug STATE': 'STATE de Sparkplug',
  'How that is said: as JSON (3.0), or as ONLINE and OFFLINE for edge nodes of version 2.2.':
    'Cómo se dice: en JSON (3.0), o como ONLINE y OFFLINE para nodos de borde de la versión 2.2.',
  'Sparkplug reorder time-out (ms)': 'Espera de reordenación de Sparkplug (ms)',
  'How long to wait for a message that others have overtaken before the edge node is asked for a rebirth.':
    'Cuánto tiempo esperar un mensaje adelantado por otros antes de pedir al nodo de borde que renazca.',
  Folder: 'Carpeta',
  'Where the files arrive. Empty: raw_data/<device code> below the data folder, made by itself. Another one must lie below raw_data or a folder that the administrator allowed with SYNCTIDE_CSV_FOLDERS.':
    'Donde llegan los archivos. Vacío: raw_data/<código del equipo> en la carpeta de datos, creada automáticamente. Otra tiene que estar dentro de raw_data o de una carpeta que el administrador permitió con SYNCTIDE_CSV_FOLDERS.',
  'File names': 'Nombres de los archivos',
  'Which files are read; * stands for anything, several patterns are separated by a blank.':
    'Qué archivos se leen; * representa cualquier texto, varios patrones se separan con un espacio.',
  'IANA zone of times that do not say theirs. Empty: the zone of this machine.':
    'Zona IANA de las horas que no indican la suya. Vacío: la zona de esta máquina.',
  'Date format': 'Formato de la fecha',
  'ymd 2026-11-26, dmy 26/11/2026, mdy 11/26/2026, compact 20261126073000, excel a number of days, epoch a number since 1970. auto asks where day and month cannot be told apart.':
    'ymd 2026-11-26, dmy 26/11/2026, mdy 11/26/2026, compact 20261126073000, excel un número de días, epoch un número desde 1970. auto pregunta cuando no se distingue el día del mes.',
  'Decimal mark': 'Separador decimal',
  '1.5 or 1,5.': '1.5 o 1,5.',
  Delimiter: 'Delimitador',
  'What stands between two fields.': 'Lo que separa dos campos.',
  'Thousands mark': 'Separador de miles',
  'As in 1.234,5. auto reads it only where a number proves it; 1.234 alone is then set aside.':
    'Como en 1.234,5. auto solo lo lee donde un número lo prueba; 1.234 solo se aparta entonces.',
  'File encoding': 'Codificación del archivo',
  'auto goes by the byte order mark, then takes UTF-8 where the file is, else windows-1252.':
    'auto sigue la marca de orden de bytes; sin ella, UTF-8 si el archivo lo es, si no windows-1252.',
  Header: 'Encabezado',
  'Whether the first row names the columns. Without one they are called Column 1, Column 2 and so on.':
    'Si la primera fila nombra las columnas. Sin ella se llaman Column 1, Column 2, etc.',
  'Lines to skip': 'Líneas que saltar',
  'Lines before the header.': 'Líneas antes del encabezado.',
  Layout: 'Disposición',
  'wide: a column for each tag. long: a row for each value, with the name of the tag in a column.':
    'wide: una columna por variable. long: una fila por valor, con el nombre de la variable en una columna.',
  'Time column': 'Columna de la hora',
  'Empty: the first that holds times.': 'Vacío: la primera que contiene horas.',
  'Time of day column': 'Columna de la hora del día',
  'Where date and time stand in two columns. Empty: found out.': 'Cuando la fecha y la hora están en dos columnas. Vacío: se averigua.',
  'Tag column': 'Columna de la variable',
  'Of the long layout. Empty: found out.': 'De la disposición long. Vacío: se averigua.',
  'Value column': 'Columna del valor',
  'Quality column': 'Columna de la calidad',
  'Judge rows of the last (min)': 'Evaluar filas de los últimos (min)',
  'Rows newer than this are judged by the alarm rules one by one; of older ones only the newest of each tag becomes the current value, the others are history.':
    'Las filas más recientes que esto se evalúan una a una con las reglas de alarma; de las más antiguas solo la más reciente de cada variable pasa a ser el valor actual, las demás son histórico.',
  'Malformed rows allowed (%)': 'Filas mal formadas permitidas (%)',
  'A file with more of them is refused as a whole; with fewer they are set aside in rejected/ and the others are kept.':
    'Un archivo con más de ellas se rechaza entero; con menos, se apartan en rejected/ y las demás se conservan.',
  'After reading': 'Después de leer',
  'leave: the file stays where it is. move: it goes to processed/.': 'leave: el archivo se queda donde está. move: va a processed/.',
  'Delete read files after (days)': 'Borrar archivos leídos tras (días)',
  'What was read is kept, and the file is not read again should it come back. 0 never deletes.':
    'Lo que se leyó se conserva, y el archivo no se vuelve a leer si regresa. 0 nunca borra.',
  'Look every (s)': 'Mirar cada (s)',
  'How often the folder is looked at; network folders tell nothing by themselves.':
    'Con qué frecuencia se mira la carpeta; las carpetas de red no avisan por sí solas.',
  'Bundled broker': 'Broker incluido',
  'SyncTide runs this broker itself. Off: one that is there already, named by its host.':
    'El propio SyncTide ejecuta este broker. Desactivado: uno que ya existe, indicado por su dirección.',
  'Open to the network': 'Abierto a la red',
  'Bundled broker: other machines may connect, with this user name and password. Off: only programs on this machine.':
    'Broker incluido: otras máquinas pueden conectarse, con este nombre de usuario y contraseña. Desactivado: solo programas de esta máquina.',
  'Bot token': 'Clave del bot',
  'From @BotFather, after /newbot.': 'De @BotFather, después de /newbot.',
  Server: 'Servidor',
  'Another address only behind a proxy or with a Bot API server of your own.':
    'Otra dirección solo detrás de un proxy o con un servidor Bot API propio.',
  'Name or address of the mail server.': 'Nombre o dirección del servidor de correo.',
  '587 with STARTTLS, 465 with TLS, 25 inside a plant.': '587 con STARTTLS, 465 con TLS, 25 dentro de una planta.',
  Security: 'Seguridad',
  STARTTLS: 'STARTTLS',
  'None, inside a plant': 'Ninguna, dentro de la planta',
  'STARTTLS and TLS refuse a server whose certificate does not fit.':
    'STARTTLS y TLS rechazan un servidor cuyo certificado no corresponda.',
  User: 'Usuario',
  'Empty when the server asks for none.': 'Vacío cuando el servidor no pide ninguno.',
  Password: 'Contraseña',
  From: 'De',
  'The sender that people see.': 'El remitente que ve la gente.',
  'Name or IP address of the RTU or substation gateway.': 'Nombre o dirección IP de la RTU o de la pasarela de la subestación.',
  'TCP port, 2404 on nearly all stations.': 'Puerto TCP, 2404 en casi todas las estaciones.',
  'Common address': 'Dirección común',
  'Number of the station (ASDU address), for tags whose address does not name another one. Set in the station.':
    'Número de la estación (dirección ASDU), para variables cuya dirección no indica otra. Se define en la estación.',
  'Time zone of the station': 'Zona horaria de la estación',
  'UTC, or the zone whose local time the clock of the station shows. Etc/GMT-1 is local standard time all year (UTC+1).':
    'UTC, o la zona cuya hora local muestra el reloj de la estación. Etc/GMT-1 es la hora de invierno todo el año (UTC+1).',
  'Summer-time bit (SU)': 'Bit de hora de verano (SU)',
  'Whether it tells the two hours apart when clocks are put back. Ignore it if the station sets it wrongly; then the order of the events decides.':
    'Si distingue las dos horas iguales cuando se atrasan los relojes. Ignórelo si la estación lo usa mal; entonces decide el orden de los eventos.',
  'General interrogation every (min)': 'Interrogación general cada (min)',
  'How often all values are asked for besides the start of the link. 0 asks only then.':
    'Con qué frecuencia se piden todos los valores, además del inicio del enlace. 0 los pide solo entonces.',
  'Counter interrogation': 'Interrogación de contadores',
  'Asks for the counters (integrated totals) after the general interrogation.':
    'Pide los contadores (totales integrados) después de la interrogación general.',
  'Counter interrogation every (min)': 'Interrogación de contadores cada (min)',
  'How often the counters are asked for. 0 asks only when the link starts.':
    'Con qué frecuencia se piden los contadores. 0 los pide solo al inicio del enlace.',
  'Set the clock of the station every (min)': 'Poner en hora la estación cada (min)',
  'Sends our time, in the time zone above. 0 never does. Leave it off where the station has a time server or a GPS clock.':
    'Envía nuestra hora, en la zona horaria de arriba. 0 nunca. Déjelo apagado si la estación tiene servidor de hora o reloj GPS.',
  'Originator address': 'Dirección de origen',
  'How we call ourselves in what we ask. 0 unless the station wants a certain one.':
    'Cómo nos identificamos en lo que pedimos. 0, salvo que la estación quiera una concreta.',
  'Octets of the cause of transmission': 'Octetos de la causa de transmisión',
  'Octets of the common address': 'Octetos de la dirección común',
  'Octets of the object address': 'Octetos de la dirección del objeto',
  'Must be as in the station: 2 by the standard.': 'Debe ser como en la estación: 2 según la norma.',
  'Must be as in the station: 3 by the standard.': 'Debe ser como en la estación: 3 según la norma.',
  k: 'k',
  w: 'w',
  'Telegrams of ours that may wait for the acknowledgement of the station.':
    'Telegramas nuestros que pueden esperar el acuse de la estación.',
  'Telegrams after which we acknowledge. Not more than two thirds of the k that is set in the station.':
    'Telegramas tras los cuales acusamos recibo. No más de dos tercios de la k fijada en la estación.',
  't0 (s)': 't0 (s)',
  't1 (s)': 't1 (s)',
  't2 (s)': 't2 (s)',
  't3 (s)': 't3 (s)',
  'How long to wait for the station to accept the connection.': 'Cuánto esperar a que la estación acepte la conexión.',
  'How long to wait for the confirmation of what we sent. Then the connection is opened anew.':
    'Cuánto esperar la confirmación de lo enviado. Después la conexión se abre de nuevo.',
  'We acknowledge at the latest after this. Less than t1.': 'Acusamos recibo a más tardar tras este tiempo. Menor que t1.',
  'A test frame is sent when the line was quiet for so long. Sent sooner where the communication time-out of the device is short.':
    'Se envía una trama de prueba cuando la línea lleva callada este tiempo. Antes si el tiempo límite de comunicación del equipo es corto.',
  'Endpoint URL': 'URL del endpoint',
  'Address of the OPC UA server, beginning with opc.tcp://; the port is 4840 on most devices.':
    'Dirección del servidor OPC UA, que empieza por opc.tcp://; el puerto es 4840 en la mayoría de los equipos.',
  'Security policy': 'Política de seguridad',
  'How messages are protected. None sends everything in plain text: choose it only where the device offers nothing else.':
    'Cómo se protegen los mensajes. None lo envía todo en texto claro: elíjala solo cuando el equipo no ofrece otra cosa.',
  'Security mode': 'Modo de seguridad',
  'Sign protects against changes, SignAndEncrypt also against reading along. Without meaning for the policy None.':
    'Sign protege contra cambios, SignAndEncrypt también contra escuchas. Sin efecto con la política None.',
  'Log in as': 'Iniciar sesión como',
  'Who the server sees: nobody in particular, a user with a password, or a user with a certificate.':
    'A quién ve el servidor: a nadie en particular, a un usuario con contraseña o a un usuario con certificado.',
  'Of the user on the OPC UA server.': 'Del usuario en el servidor OPC UA.',
  'User certificate (PEM)': 'Certificado del usuario (PEM)',
  'Of the user, for log-in by certificate; begins with -----BEGIN CERTIFICATE-----.':
    'Del usuario, para iniciar sesión con certificado; empieza por -----BEGIN CERTIFICATE-----.',
  'Private key of the user (PEM)': 'Clave privada del usuario (PEM)',
  'Belongs to the user certificate; begins with -----BEGIN PRIVATE KEY-----.':
    'Pertenece al certificado del usuario; empieza por -----BEGIN PRIVATE KEY-----.',
  'How values are fetched': 'Cómo se obtienen los valores',
  'By subscription the server sends changes by itself; poll reads every tag at the poll interval of the device.':
    'Por suscripción el servidor envía los cambios por sí mismo; poll lee todas las variables en el intervalo de lectura del equipo.',
  'Publishing interval (ms)': 'Intervalo de publicación (ms)',
  'How often the server sends what has changed. The server may choose a longer one.':
    'Cada cuánto envía el servidor lo que ha cambiado. El servidor puede elegir un intervalo mayor.',
  'Sampling interval (ms)': 'Intervalo de muestreo (ms)',
  'How often the server looks at a value. 0 means as fast as the server can.':
    'Cada cuánto mira el servidor un valor. 0 significa tan rápido como pueda el servidor.',
  'Queue per tag': 'Cola por variable',
  'Changes that the server keeps while the network is away. 100 at 500 ms bridge 50 s without loss.':
    'Cambios que el servidor guarda mientras falta la red. 100 a 500 ms cubren 50 s sin pérdidas.',
  'Outage to bridge (s)': 'Corte a cubrir (s)',
  'How long the server keeps the subscription while nobody is connected.':
    'Cuánto tiempo guarda el servidor la suscripción mientras nadie está conectado.',
  'Session time-out (s)': 'Tiempo límite de la sesión (s)',
  'How long the server keeps our session without us. Many servers forget the subscription with it: an outage or restart that is shorter loses nothing.':
    'Cuánto tiempo guarda el servidor nuestra sesión sin nosotros. Con ella muchos servidores olvidan la suscripción: un corte o un reinicio más corto no pierde nada.',
  'Nodes per request': 'Nodos por petición',
  'Upper limit, whatever the server says of itself. Lower it for devices that refuse long requests.':
    'Límite máximo, diga lo que diga el servidor. Redúzcalo para equipos que rechazan peticiones largas.',
  'CSV files': 'Archivos CSV',
  'MQTT and Sparkplug B': 'MQTT y Sparkplug B',
  'IEC 60870-5-104': 'IEC 60870-5-104',
  'Modbus TCP': 'Modbus TCP',
  'OPC UA': 'OPC UA',
  'E-mail': 'Correo electrónico',
  'SMS (Teltonika router)': 'SMS (router Teltonika)',
  Telegram: 'Telegram',
  'WhatsApp (Meta)': 'WhatsApp (Meta)',
  'SMS (Twilio)': 'SMS (Twilio)',
  'WhatsApp (Twilio)': 'WhatsApp (Twilio)',
}
