import type { Refusals } from '../../refusals.ts'

/** O que diz o Modbus TCP, pela sua forma em inglês. */
export const ptModbus: Refusals = {
  'Check the port (usually 502), that Modbus TCP is switched on in the device, and that no other client holds its only connection.':
    'Verifique a porta (normalmente 502), se o Modbus TCP está ligado no equipamento, e se nenhum outro cliente ocupa a sua única ligação.',
  '{who} sends something other than Modbus TCP: {why}': '{who} envia algo que não é Modbus TCP: {why}',
  'Check the port, and that the device speaks Modbus TCP and not Modbus RTU over TCP.':
    'Verifique a porta, e se o equipamento fala Modbus TCP e não Modbus RTU sobre TCP.',
  '{who} answered as unit {answered} although unit {asked} was asked':
    '{who} respondeu como unidade {answered}, mas perguntou-se à unidade {asked}',
  'Set the unit id to {unit} if that is the device you mean.':
    'Ponha o número da unidade em {unit}, se for esse o equipamento que pretende.',
  '{who}, unit {unit}, answered {request} with {what}': '{who}, unidade {unit}, respondeu com {what} ({request})',
  'A gateway that mixes up answers: lower "Requests in flight" to 1 and "Registers per request", and check for a second client.':
    'Uma gateway que troca respostas: baixe "Pedidos em simultâneo" para 1 e "Registos por pedido", e veja se há um segundo cliente.',
  '{who}, unit {unit}, answered {request} with another transaction id than that of the request':
    '{who}, unidade {unit}, respondeu com um número de transação que não é o do pedido ({request})',
  'Switch on "Ignore transaction id" in the settings of the device, if the gateway always does so.':
    'Ligue "Ignorar o número da transação" nas definições do equipamento, se a gateway o faz sempre.',
  '{who}, unit {unit}, did not answer {request} within {millis} ms': '{who}, unidade {unit}, não respondeu em {millis} ms ({request})',
  'Check the unit id and that the device behind the gateway is powered; a slow device needs a longer time-out.':
    'Verifique o número da unidade e se o equipamento atrás da gateway tem alimentação; um equipamento lento precisa de um tempo limite maior.',
  '{who} closed the connection before it answered': '{who} fechou a ligação antes de responder',
  'Many devices serve only one or a few connections: close other clients. If it drops idle connections, set a heartbeat.':
    'Muitos equipamentos só aceitam uma ou poucas ligações: feche outros clientes. Se corta ligações paradas, configure um sinal de vida.',
  'The connection to {who} has been closed by us': 'A ligação a {who} foi fechada por nós',
  '{who}: the gateway answers, but the device behind it does not: {why}':
    '{who}: a gateway responde, mas o equipamento atrás dela não: {why}',
  'Check the unit id, the wiring behind the gateway and the power of the device.':
    'Verifique o número da unidade, a cablagem atrás da gateway e a alimentação do equipamento.',
  'Check the unit id and the settings of the gateway.': 'Verifique o número da unidade e as definições da gateway.',
  '{address}, unit {unit}': '{address}, unidade {unit}',
  'function code {code}, address {address}, quantity {quantity}': 'código de função {code}, endereço {address}, quantidade {quantity}',
  'exception {code} ({why})': 'exceção {code} ({why})',
  'illegal function': 'função não permitida',
  'illegal data address': 'endereço inexistente',
  'illegal data value': 'valor não permitido',
  'server device failure': 'falha do equipamento',
  'acknowledge, still working': 'recebido, ainda a processar',
  'server device busy': 'equipamento ocupado',
  'memory parity error': 'erro de paridade da memória',
  'gateway path unavailable': 'sem caminho na gateway',
  'gateway target device failed to respond': 'o equipamento atrás da gateway não responde',
  'not in the standard': 'não consta da norma',
  'protocol identifier {id} instead of 0': 'identificador de protocolo {id} em vez de 0',
  'a frame length of {length}, outside 2 to 254': 'um comprimento de trama de {length}, fora de 2 a 254',
  'an empty reply': 'uma resposta vazia',
  'an exception reply of {bytes} bytes instead of 2': 'uma resposta de exceção de {bytes} bytes em vez de 2',
  'function code {code} although {asked} was asked': 'o código de função {code}, mas pediu-se o {asked}',
  '{bytes} bytes of data although {asked} were asked': '{bytes} bytes de dados, mas pediram-se {asked}',
  '{bytes} (announced as {announced})': '{bytes} (anunciados como {announced})',
  'Uses the connection to {who} that is already open': 'Usa a ligação a {who}, que já está aberta',
  'Unit {unit} answers, but refuses {what}: {why}': 'A unidade {unit} responde, mas recusa {what}: {why}',
  'this address': 'este endereço',
  'every address': 'todos os endereços',
  'Check the address, the unit id ({unit}) and the address offset of the device ({offset}).':
    'Verifique o endereço, o número da unidade ({unit}) e o desvio dos endereços do equipamento ({offset}).',
  '{problem}, but unit {unit} answers': '{problem}, mas a unidade {unit} responde',
  'Set the unit id to {unit}.': 'Ponha o número da unidade em {unit}.',
  'Unit {unit} answers: {name} could be read': 'A unidade {unit} responde: {name} pôde ser lido',
  'Unit {unit} answers: {why} for {name}, so the device is there but has no such register':
    'A unidade {unit} responde: {why} para {name}; o equipamento está lá mas não tem esse registo',
  '{name} holds no number (not a number or infinite): check the data type and byte order':
    '{name} não contém um número (não é número ou é infinito): verifique o tipo de dados e a ordem dos bytes',
  '{device} answers, but refuses every address: {why}': '{device} responde, mas recusa todos os endereços: {why}',
  'Check the unit id ({unit}), the address offset ({offset}) and the addresses of the tags.':
    'Verifique o número da unidade ({unit}), o desvio dos endereços ({offset}) e os endereços das variáveis.',
  '{device} answers every request with an exception: {why}': '{device} responde a todos os pedidos com uma exceção: {why}',
  'The device itself reports trouble: look at its diagnosis.': 'O próprio equipamento comunica uma avaria: veja o seu diagnóstico.',
  'That reaches beyond address 65535, the last one.': 'Isso passa do endereço 65535, o último.',
  'This is no span of registers.': 'Isto não é um intervalo de registos.',
  'Choose bool, or a register (HR or IR).': 'Escolha bool, ou um registo (HR ou IR).',
  'Choose bool, or leave out the bit after the point.': 'Escolha bool, ou retire o bit depois do ponto.',
  'A string needs its length': 'Um texto precisa do seu comprimento',
  'Give the number of bytes: twice the number of registers.': 'Indique o número de bytes: o dobro do número de registos.',
  'Choose a lower address or a shorter data type.': 'Escolha um endereço mais baixo ou um tipo de dados mais curto.',
  'A {type} at {name} needs {count} registers in one request, but this device allows {most}':
    'Um {type} em {name} precisa de {count} registos num pedido, mas este equipamento permite {most}',
  'Raise "Registers per request" of the device, or choose a shorter data type: one value is never read in two halves.':
    'Aumente "Registos por pedido" do equipamento, ou escolha um tipo de dados mais curto: um valor nunca se lê em duas metades.',
  'Write for example 40001, 400001, HR0, IR12, 30001, 10001, 00001, C5, DI5, HR0x1F or 40001.3.':
    'Escreva por exemplo 40001, 400001, HR0, IR12, 30001, 10001, 00001, C5, DI5, HR0x1F ou 40001.3.',
  coils: 'bobinas',
  'discrete inputs': 'entradas discretas',
  'holding registers': 'registos de retenção',
  'input registers': 'registos de entrada',
  '"{text}" lies before the first of the {area}, which is number {first} here':
    '"{text}" fica antes do primeiro número ({area}), que aqui é {first}',
  'The first one is written {leading}0001, or {letters}{number}.': 'O primeiro escreve-se {leading}0001, ou {letters}{number}.',
  'Write {letters}1 for the first one, or set the address offset of the device to 0.':
    'Escreva {letters}1 para o primeiro, ou ponha o desvio dos endereços do equipamento em 0.',
  '"{text}" lies beyond the last of the {area}': '"{text}" fica depois do último número ({area})',
  'Modbus knows 65536 of them: the last is {last}.': 'O Modbus conhece 65536: o último é {last}.',
  '"{text}" names a bit of one of the {area}, which are single bits already':
    '"{text}" indica um bit onde cada endereço já é um único bit ({area})',
  '"{text}" at character {at} of "{body}" is no Modbus area': '"{text}", no carácter {at} de "{body}", não é nenhuma área Modbus',
  'Use HR (holding registers), IR (input registers), C (coils) or DI (discrete inputs).':
    'Use HR (registos de retenção), IR (registos de entrada), C (bobinas) ou DI (entradas discretas).',
  'A number is missing at character {at} of "{body}"': 'Falta um número no carácter {at} de "{body}"',
  '"{text}" at character {at} of "{body}" belongs to no Modbus area: 0 are coils, 1 discrete inputs, 3 input and 4 holding registers':
    '"{text}", no carácter {at} de "{body}", não pertence a nenhuma área Modbus: 0 são bobinas, 1 entradas discretas, 3 registos de entrada e 4 registos de retenção',
  'For the plain register number write HR{number} or IR{same}.': 'Para o número simples do registo escreva HR{number} ou IR{same}.',
  '"{text}" at character {at} of "{body}" is not understood': 'Não se percebe "{text}", no carácter {at} de "{body}"',
  'After the number only a bit may follow: a point and 0 to 15, as in 40001.3.':
    'Depois do número só pode vir um bit: um ponto e 0 a 15, como em 40001.3.',
  'Bit {bit} at character {at} of "{body}" does not exist': 'O bit {bit}, no carácter {at} de "{body}", não existe',
  'A register has the bits 0 to 15.': 'Um registo tem os bits 0 a 15.',
  '"{text}" is one of the {area}, but function code {code} reads {other}':
    '"{text}" pertence a {area}, mas o código de função {code} lê {other}',
  'Clear the function code of the tag, or write the address as a plain number.':
    'Apague o código de função da variável, ou escreva o endereço como número simples.',
}
