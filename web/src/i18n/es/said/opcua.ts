import type { Refusals } from '../../refusals.ts'

/** Lo que dice OPC UA, por su forma en inglés. */
export const esOpcUa: Refusals = {
  'Check the port (usually 4840) and that the OPC UA server is switched on in the device.':
    'Compruebe el puerto (normalmente 4840) y que el servidor OPC UA esté activado en el equipo.',
  'Trust it on the server: move it from its rejected to its trusted clients, or export it here and import it there.':
    'Confíe en él en el servidor: páselo de los clientes rechazados a los de confianza, o expórtelo aquí e impórtelo allí.',
  'The server answers {service} with {why}': 'El servidor responde a {service} con {why}',
  '{who} did not answer {what} within {millis} ms': '{who} no respondió en {millis} ms ({what})',
  'the connection': 'conexión',
  'Check the network and the load of the server; a slow server needs a longer time-out.':
    'Compruebe la red y la carga del servidor; un servidor lento necesita un tiempo límite mayor.',
  'The connection to {who} was lost': 'Se perdió la conexión con {who}',
  'Check the cable, the power of the device and whether its server was stopped.':
    'Compruebe el cable, la alimentación del equipo y si se detuvo su servidor.',
  'The certificate of {who} is not trusted yet (thumbprint {thumbprint})':
    'El certificado de {who} todavía no es de confianza (huella {thumbprint})',
  'Compare the thumbprint with the one that the server shows, then trust the certificate in the form of the device.':
    'Compare la huella con la que muestra el servidor, y confíe después en el certificado en el formulario del equipo.',
  '{who} broke off while security was agreed on; most likely it does not trust the certificate of SyncTide':
    '{who} cortó mientras se acordaba la seguridad; lo más probable es que no confíe en el certificado de SyncTide',
  '{who} has no session left': '{who} no tiene más sesiones libres',
  'Close other OPC UA clients of this server, or raise its number of sessions; a session that was lost is freed by itself.':
    'Cierre otros clientes OPC UA de este servidor, o aumente su número de sesiones; una sesión perdida se libera sola.',
  '{who} refuses the log-in ({why})': '{who} rechaza el inicio de sesión ({why})',
  'Check the user name and the password, and that the server allows this user.':
    'Compruebe el usuario y la contraseña, y que el servidor permita este usuario.',
  'The server wants a user: choose to log in with a user name and password.':
    'El servidor exige un usuario: elija entrar con usuario y contraseña.',
  'Check that the server knows the certificate of this user.': 'Compruebe que el servidor conozca el certificado de este usuario.',
  '{who} does not trust the certificate of SyncTide ({why})': '{who} no confía en el certificado de SyncTide ({why})',
  '{who} has no subscription left': '{who} no tiene más suscripciones libres',
  'Close other OPC UA clients of this server, or set the device to poll.':
    'Cierre otros clientes OPC UA de este servidor, o ponga el equipo en lectura periódica.',
  '{who} knows no such endpoint': '{who} no conoce ese punto de acceso',
  'Check the part of the endpoint URL behind the port.': 'Compruebe la parte de la URL después del puerto.',
  '{who} is shutting down or halted': '{who} se está apagando o está detenido',
  'Wait until the server runs again.': 'Espere hasta que el servidor vuelva a funcionar.',
  '{who} does not offer this kind of log-in with {policy}': '{who} no ofrece esta forma de iniciar sesión con {policy}',
  'Choose another way to log in, or another security policy; Test Connection lists what the server offers.':
    'Elija otra forma de iniciar sesión, u otra política de seguridad; "Probar conexión" muestra lo que ofrece el servidor.',
  '{who} hung up, or answered with something that is not OPC UA': '{who} colgó, o respondió con algo que no es OPC UA',
  'Check the port (usually 4840): another service may listen there. A server that has no connection left, or does not allow the chosen security, hangs up, too.':
    'Compruebe el puerto (normalmente 4840): puede haber otro servicio ahí. Un servidor sin más conexiones libres, o que no permite la seguridad elegida, también cuelga.',
  'The log of the server may say more; Test Connection names the step that fails.':
    'El registro del servidor puede decir más; "Probar conexión" muestra el paso que falla.',
  '{who} does not offer the security policy {policy}': '{who} no ofrece la política de seguridad {policy}',
  'Choose a policy that the server offers, or switch this one on in the server.':
    'Elija una política que el servidor ofrezca, o active esta en el servidor.',
  'It offers {offered}: choose one of these, or switch yours on in the server.':
    'Ofrece {offered}: elija una de estas, o active la suya en el servidor.',
  '{device} answers, but knows none of the nodes: {why}': '{device} responde, pero no conoce ninguno de los nodos: {why}',
  'Browse the server and compare the node ids; they change when the program of the controller is changed.':
    'Explore el servidor y compare los identificadores de los nodos; cambian cuando se cambia el programa del autómata.',
  'The server offers {names}': 'El servidor ofrece {names}',
  'Plain text, as chosen: nothing is encrypted': 'Texto simple, como se eligió: nada se cifra',
  'Both sides trust each other; {policy} with {mode}': 'Las dos partes confían la una en la otra; {policy} con {mode}',
  'the server': 'el servidor',
  'Uses the session with {server} that is open already': 'Usa la sesión con {server}, que ya está abierta',
  'Logged in to {server}': 'Sesión iniciada en {server}',
  'The server answers; there are no tags to read yet': 'El servidor responde; todavía no hay variables que leer',
  '{why}; did you mean {name}?': '{why}; ¿quería decir {name}?',
  'The server answers, but gives no value: {why}': 'El servidor responde, pero no da ningún valor: {why}',
  'Browse the server and compare the node ids.': 'Explore el servidor y compare los identificadores de los nodos.',
  '{who} sent nothing for {millis} ms, although it should say that it is alive':
    '{who} no envió nada durante {millis} ms, aunque debería dar señal de vida',
  'Check the cable and the power of the device.': 'Compruebe el cable y la alimentación del equipo.',
  '{who} was configured anew': '{who} se configuró de nuevo',
  'A thumbprint has 40 hexadecimal digits.': 'Una huella tiene 40 dígitos hexadecimales.',
  'The thumbprint is missing.': 'Falta la huella.',
  'There is no {where} certificate with the thumbprint {thumbprint}': 'No hay ningún certificado ({where}) con la huella {thumbprint}',
  'Load the list again; somebody else may have moved it.': 'Cargue de nuevo la lista; otra persona puede haberlo movido.',
  'This is no place to go on from.': 'No se puede continuar desde aquí.',
  'its namespace is unknown': 'su espacio de nombres es desconocido',
  'The server does not know {name} any more: {why}': 'El servidor ya no conoce {name}: {why}',
  'its Objects folder': 'su carpeta Objects',
  'Load the tree again from the top.': 'Cargue de nuevo el árbol desde el principio.',
  'This is no node of a server.': 'Esto no es un nodo de un servidor.',
  'The endpoint URL is missing': 'Falta la URL',
  'Write it like opc.tcp://192.168.1.20:4840': 'Escríbala como opc.tcp://192.168.1.20:4840',
  'there is no port {port}': 'no hay ningún puerto {port}',
  'Ports go from 1 to 65535; most devices use 4840.': 'Los puertos van de 1 a 65535; la mayoría de los equipos usa 4840.',
  'the user name is missing': 'falta el nombre de usuario',
  'Give it, or log in as anonymous.': 'Indíquelo, o entre como anónimo.',
  'the certificate of the user is missing or not in PEM form': 'el certificado del usuario falta o no está en PEM',
  'Paste the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.':
    'Pegue el texto entero, de -----BEGIN CERTIFICATE----- a -----END CERTIFICATE-----.',
  'the private key of the user is missing, encrypted or not in PEM form':
    'la clave privada del usuario falta, está cifrada o no está en PEM',
  'Paste the whole text, from -----BEGIN PRIVATE KEY----- on; a key with a passphrase must be decrypted first.':
    'Pegue el texto entero, desde -----BEGIN PRIVATE KEY-----; una clave con contraseña debe descifrarse antes.',
  '"{text}" is not a node id': '"{text}" no es un identificador de nodo',
  'The namespace URI after nsu= is missing': 'Falta el URI del espacio de nombres después de nsu=',
  'ns={number} is not a namespace number (0 to 65535)': 'ns={number} no es un número de espacio de nombres (0 a 65535)',
  'The identifier after {type}= is missing in "{text}"': 'Falta el identificador después de {type}= en "{text}"',
  'i={id} is not a number from 0 to 4294967295': 'i={id} no es un número de 0 a 4294967295',
  'g={id} is not a GUID': 'g={id} no es un GUID',
  'b={id} is not base64': 'b={id} no es base64',
  'Write it like nsu=http://vendor.com/plc;s=Pump1.Flow or ns=3;i=1001, or browse the server and tick the node.':
    'Escríbalo como nsu=http://vendor.com/plc;s=Pump1.Flow o ns=3;i=1001, o explore el servidor y marque el nodo.',
  'the server has no such node': 'el servidor no tiene ese nodo',
  'the server cannot read this node id': 'el servidor no puede leer este identificador de nodo',
  'the node is no variable': 'el nodo no es una variable',
  'the node may not be read': 'el nodo no se puede leer',
  'this user may not read the node': 'este usuario no puede leer el nodo',
  'the value is no single number, text or switch': 'el valor no es un único número, texto o sí/no',
  'the array has no such element': 'la matriz no tiene ese elemento',
  'the server has no connection to the device behind it': 'el servidor no tiene conexión con el equipo detrás de él',
  'the server has lost the device behind it': 'el servidor perdió el equipo detrás de él',
  'the device reports a failure': 'el equipo comunica una avería',
  'the sensor reports a failure': 'el sensor comunica una avería',
  'the source is out of service': 'la fuente está fuera de servicio',
  'the server has no value yet': 'el servidor todavía no tiene valor',
  'the server has no value': 'el servidor no tiene valor',
  'the node is configured wrongly on the server': 'el nodo está mal configurado en el servidor',
  'the server watches no more nodes': 'el servidor no vigila más nodos',
  'the value is an initial one': 'el valor es un valor inicial',
  'the value is the last usable one': 'el valor es el último utilizable',
  'the value is a substitute': 'el valor es un sustituto',
  'the sensor is not accurate': 'el sensor no es exacto',
  'the value is outside its range': 'el valor está fuera de su rango',
  'the value comes from fewer sources than required': 'el valor viene de menos fuentes de las exigidas',
  'the value was overridden by hand': 'el valor se impuso a mano',
}
