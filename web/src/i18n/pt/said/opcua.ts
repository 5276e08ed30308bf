import type { Refusals } from '../../refusals.ts'

/** O que diz o OPC UA, pela sua forma em inglês. */
export const ptOpcUa: Refusals = {
  'Check the port (usually 4840) and that the OPC UA server is switched on in the device.':
    'Verifique a porta (normalmente 4840) e se o servidor OPC UA está ligado no equipamento.',
  'Trust it on the server: move it from its rejected to its trusted clients, or export it here and import it there.':
    'Confie nele no servidor: passe-o dos clientes recusados para os de confiança, ou exporte-o aqui e importe-o lá.',
  'The server answers {service} with {why}': 'O servidor responde a {service} com {why}',
  '{who} did not answer {what} within {millis} ms': '{who} não respondeu em {millis} ms ({what})',
  'the connection': 'ligação',
  'Check the network and the load of the server; a slow server needs a longer time-out.':
    'Verifique a rede e a carga do servidor; um servidor lento precisa de um tempo limite maior.',
  'The connection to {who} was lost': 'Perdeu-se a ligação a {who}',
  'Check the cable, the power of the device and whether its server was stopped.':
    'Verifique o cabo, a alimentação do equipamento e se o servidor foi parado.',
  'The certificate of {who} is not trusted yet (thumbprint {thumbprint})':
    'O certificado de {who} ainda não é de confiança (impressão digital {thumbprint})',
  'Compare the thumbprint with the one that the server shows, then trust the certificate in the form of the device.':
    'Compare a impressão digital com a que o servidor mostra, e confie depois no certificado no formulário do equipamento.',
  '{who} broke off while security was agreed on; most likely it does not trust the certificate of SyncTide':
    '{who} cortou enquanto se acordava a segurança; o mais provável é não confiar no certificado do SyncTide',
  '{who} has no session left': '{who} não tem mais sessões livres',
  'Close other OPC UA clients of this server, or raise its number of sessions; a session that was lost is freed by itself.':
    'Feche outros clientes OPC UA deste servidor, ou aumente o número de sessões; uma sessão perdida liberta-se sozinha.',
  '{who} refuses the log-in ({why})': '{who} recusa a entrada ({why})',
  'Check the user name and the password, and that the server allows this user.':
    'Verifique o utilizador e a palavra-passe, e se o servidor permite este utilizador.',
  'The server wants a user: choose to log in with a user name and password.':
    'O servidor exige um utilizador: escolha entrar com utilizador e palavra-passe.',
  'Check that the server knows the certificate of this user.': 'Verifique se o servidor conhece o certificado deste utilizador.',
  '{who} does not trust the certificate of SyncTide ({why})': '{who} não confia no certificado do SyncTide ({why})',
  '{who} has no subscription left': '{who} não tem mais subscrições livres',
  'Close other OPC UA clients of this server, or set the device to poll.':
    'Feche outros clientes OPC UA deste servidor, ou ponha o equipamento em leitura periódica.',
  '{who} knows no such endpoint': '{who} não conhece esse ponto de acesso',
  'Check the part of the endpoint URL behind the port.': 'Verifique a parte do URL depois da porta.',
  '{who} is shutting down or halted': '{who} está a desligar-se ou parado',
  'Wait until the server runs again.': 'Espere até o servidor voltar a funcionar.',
  '{who} does not offer this kind of log-in with {policy}': '{who} não oferece esta forma de entrar com {policy}',
  'Choose another way to log in, or another security policy; Test Connection lists what the server offers.':
    'Escolha outra forma de entrar, ou outra política de segurança; "Testar ligação" mostra o que o servidor oferece.',
  '{who} hung up, or answered with something that is not OPC UA': '{who} desligou, ou respondeu com algo que não é OPC UA',
  'Check the port (usually 4840): another service may listen there. A server that has no connection left, or does not allow the chosen security, hangs up, too.':
    'Verifique a porta (normalmente 4840): pode estar lá outro serviço. Um servidor sem mais ligações livres, ou que não permite a segurança escolhida, também desliga.',
  'The log of the server may say more; Test Connection names the step that fails.':
    'O registo do servidor pode dizer mais; "Testar ligação" mostra o passo que falha.',
  '{who} does not offer the security policy {policy}': '{who} não oferece a política de segurança {policy}',
  'Choose a policy that the server offers, or switch this one on in the server.':
    'Escolha uma política que o servidor ofereça, ou ligue esta no servidor.',
  'It offers {offered}: choose one of these, or switch yours on in the server.':
    'Oferece {offered}: escolha uma destas, ou ligue a sua no servidor.',
  '{device} answers, but knows none of the nodes: {why}': '{device} responde, mas não conhece nenhum dos nós: {why}',
  'Browse the server and compare the node ids; they change when the program of the controller is changed.':
    'Explore o servidor e compare os identificadores dos nós; mudam quando se altera o programa do autómato.',
  'The server offers {names}': 'O servidor oferece {names}',
  'Plain text, as chosen: nothing is encrypted': 'Texto simples, como escolhido: nada é cifrado',
  'Both sides trust each other; {policy} with {mode}': 'As duas partes confiam uma na outra; {policy} com {mode}',
  'the server': 'o servidor',
  'Uses the session with {server} that is open already': 'Usa a sessão com {server}, que já está aberta',
  'Logged in to {server}': 'Entrou em {server}',
  'The server answers; there are no tags to read yet': 'O servidor responde; ainda não há variáveis para ler',
  '{why}; did you mean {name}?': '{why}; queria dizer {name}?',
  'The server answers, but gives no value: {why}': 'O servidor responde, mas não dá nenhum valor: {why}',
  'Browse the server and compare the node ids.': 'Explore o servidor e compare os identificadores dos nós.',
  '{who} sent nothing for {millis} ms, although it should say that it is alive':
    '{who} não enviou nada durante {millis} ms, embora devesse dar sinal de vida',
  'Check the cable and the power of the device.': 'Verifique o cabo e a alimentação do equipamento.',
  '{who} was configured anew': '{who} foi configurado de novo',
  'A thumbprint has 40 hexadecimal digits.': 'Uma impressão digital tem 40 dígitos hexadecimais.',
  'The thumbprint is missing.': 'Falta a impressão digital.',
  'There is no {where} certificate with the thumbprint {thumbprint}':
    'Não há nenhum certificado ({where}) com a impressão digital {thumbprint}',
  'Load the list again; somebody else may have moved it.': 'Carregue de novo a lista; outra pessoa pode tê-lo movido.',
  'This is no place to go on from.': 'Não se pode continuar a partir daqui.',
  'its namespace is unknown': 'o seu espaço de nomes é desconhecido',
  'The server does not know {name} any more: {why}': 'O servidor já não conhece {name}: {why}',
  'its Objects folder': 'a sua pasta Objects',
  'Load the tree again from the top.': 'Carregue de novo a árvore desde o início.',
  'This is no node of a server.': 'Isto não é um nó de um servidor.',
  'The endpoint URL is missing': 'Falta o URL',
  'Write it like opc.tcp://192.168.1.20:4840': 'Escreva como opc.tcp://192.168.1.20:4840',
  'there is no port {port}': 'não há nenhuma porta {port}',
  'Ports go from 1 to 65535; most devices use 4840.': 'As portas vão de 1 a 65535; a maioria dos equipamentos usa 4840.',
  'the user name is missing': 'falta o nome de utilizador',
  'Give it, or log in as anonymous.': 'Indique-o, ou entre como anónimo.',
  'the certificate of the user is missing or not in PEM form': 'o certificado do utilizador falta ou não está em PEM',
  'Paste the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.':
    'Cole o texto todo, de -----BEGIN CERTIFICATE----- até -----END CERTIFICATE-----.',
  'the private key of the user is missing, encrypted or not in PEM form':
    'a chave privada do utilizador falta, está cifrada ou não está em PEM',
  'Paste the whole text, from -----BEGIN PRIVATE KEY----- on; a key with a passphrase must be decrypted first.':
    'Cole o texto todo, a partir de -----BEGIN PRIVATE KEY-----; uma chave com frase-passe tem de ser decifrada antes.',
  '"{text}" is not a node id': '"{text}" não é um identificador de nó',
  'The namespace URI after nsu= is missing': 'Falta o URI do espaço de nomes depois de nsu=',
  'ns={number} is not a namespace number (0 to 65535)': 'ns={number} não é um número de espaço de nomes (0 a 65535)',
  'The identifier after {type}= is missing in "{text}"': 'Falta o identificador depois de {type}= em "{text}"',
  'i={id} is not a number from 0 to 4294967295': 'i={id} não é um número de 0 a 4294967295',
  'g={id} is not a GUID': 'g={id} não é um GUID',
  'b={id} is not base64': 'b={id} não é base64',
  'Write it like nsu=http://vendor.com/plc;s=Pump1.Flow or ns=3;i=1001, or browse the server and tick the node.':
    'Escreva como nsu=http://vendor.com/plc;s=Pump1.Flow ou ns=3;i=1001, ou explore o servidor e marque o nó.',
  'the server has no such node': 'o servidor não tem esse nó',
  'the server cannot read this node id': 'o servidor não consegue ler este identificador de nó',
  'the node is no variable': 'o nó não é uma variável',
  'the node may not be read': 'o nó não se pode ler',
  'this user may not read the node': 'este utilizador não pode ler o nó',
  'the value is no single number, text or switch': 'o valor não é um único número, texto ou sim/não',
  'the array has no such element': 'a matriz não tem esse elemento',
  'the server has no connection to the device behind it': 'o servidor não tem ligação ao equipamento atrás dele',
  'the server has lost the device behind it': 'o servidor perdeu o equipamento atrás dele',
  'the device reports a failure': 'o equipamento comunica uma avaria',
  'the sensor reports a failure': 'o sensor comunica uma avaria',
  'the source is out of service': 'a fonte está fora de serviço',
  'the server has no value yet': 'o servidor ainda não tem valor',
  'the server has no value': 'o servidor não tem valor',
  'the node is configured wrongly on the server': 'o nó está mal configurado no servidor',
  'the server watches no more nodes': 'o servidor não vigia mais nós',
  'the value is an initial one': 'o valor é um valor inicial',
  'the value is the last usable one': 'o valor é o último utilizável',
  'the value is a substitute': 'o valor é um substituto',
  'the sensor is not accurate': 'o sensor não é exato',
  'the value is outside its range': 'o valor está fora da sua gama',
  'the value comes from fewer sources than required': 'o valor vem de menos fontes do que as exigidas',
  'the value was overridden by hand': 'o valor foi imposto à mão',
}
