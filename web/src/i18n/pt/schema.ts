/** Textos dos formulários que o servidor descreve, pela sua forma inglesa. */
export const ptSchema: Readonly<Record<string, string>> = {
  Host: 'Endereço',
  'Name or IP address of the device or gateway.': 'Nome ou endereço IP do equipamento ou da gateway.',
  Port: 'Porta',
  'TCP port, 502 on nearly all devices.': 'Porta TCP, 502 em quase todos os equipamentos.',
  'Unit id': 'Número da unidade',
  'Number of the device behind a gateway. A device with its own network socket often wants 1 or 255.':
    'Número do equipamento atrás de uma gateway. Um equipamento com ligação de rede própria costuma querer 1 ou 255.',
  'Byte order (32 and 64 bit)': 'Ordem dos bytes (32 e 64 bits)',
  'ABCD is what the standard says; CDAB swaps the registers and is the most common deviation; BADC swaps the bytes; DCBA both.':
    'ABCD é o que diz a norma; CDAB troca os registos e é o desvio mais comum; BADC troca os bytes; DCBA ambos.',
  'Swap bytes (16 bit and strings)': 'Trocar bytes (16 bits e textos)',
  'The device sends the low byte of each register first.': 'O equipamento envia primeiro o byte baixo de cada registo.',
  'Address offset': 'Desvio dos endereços',
  'Whether the manual of the device calls the first register 0 or 1. Concerns HR, IR, C, DI and plain numbers, not 40001.':
    'Se o manual do equipamento chama 0 ou 1 ao primeiro registo. Diz respeito a HR, IR, C, DI e números simples, não a 40001.',
  'Registers per request': 'Registos por pedido',
  'Lower it for gateways that refuse long requests, for example to 64, 32 or 15.':
    'Reduza para gateways que recusam pedidos longos, por exemplo para 64, 32 ou 15.',
  'Gap to read along': 'Intervalo a ler junto',
  'Registers between two tags that are read along to save a request. 0 reads only what is asked.':
    'Registos entre duas variáveis que se leem juntos para poupar um pedido. 0 lê só o pedido.',
  'Requests in flight': 'Pedidos em simultâneo',
  'More than 1 only for devices known to answer several requests at once. S7-1200 and serial gateways need 1.':
    'Mais de 1 só para equipamentos que respondem a vários pedidos ao mesmo tempo. S7-1200 e gateways série precisam de 1.',
  'Heartbeat (s)': 'Sinal de vida (s)',
  'Reads one register when nothing was sent for so long, for devices that drop idle connections. 0 switches it off.':
    'Lê um registo quando nada foi enviado durante este tempo, para equipamentos que cortam ligações paradas. 0 desliga.',
  'Heartbeat address': 'Endereço do sinal de vida',
  'Any register that the device answers.': 'Um registo qualquer a que o equipamento responda.',
  'Ignore transaction id': 'Ignorar o número da transação',
  'For gateways that answer with a wrong transaction id. Late answers can then be mistaken: leave it off where possible.':
    'Para gateways que respondem com um número de transação errado. Respostas tardias podem então confundir-se: deixe desligado se possível.',
  'Connect time-out (ms)': 'Tempo limite da ligação (ms)',
  'How long to wait for the device to accept the connection.': 'Quanto tempo esperar que o equipamento aceite a ligação.',
  'Data type': 'Tipo de dados',
  'How the registers are read. Default: bool for coils, discrete inputs and bits, otherwise uint16.':
    'Como se leem os registos. Por omissão: bool para bobinas, entradas discretas e bits, senão uint16.',
  'Only where it differs from the device.': 'Só onde difere do equipamento.',
  'Length (bytes)': 'Comprimento (bytes)',
  'Of a string; two bytes to the register.': 'De um texto; dois bytes por registo.',
  Encoding: 'Codificação',
  'Of a string.': 'De um texto.',
  'Bit order': 'Ordem dos bits',
  'Whether bit 0 of an address like 40001.0 is the least (lsb) or the most significant (msb).':
    'Se o bit 0 de um endereço como 40001.0 é o menos (lsb) ou o mais significativo (msb).',
  'Function code': 'Código de função',
  'Overrides the one that follows from the address: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers.':
    'Substitui o que resulta do endereço: 1 bobinas, 2 entradas discretas, 3 registos de retenção, 4 registos de entrada.',
  'Bot token': 'Chave do bot',
  'From @BotFather, after /newbot.': 'De @BotFather, depois de /newbot.',
  Server: 'Servidor',
  'Another address only behind a proxy or with a Bot API server of your own.':
    'Outro endereço só atrás de um proxy ou com um servidor Bot API próprio.',
  'Name or address of the mail server.': 'Nome ou endereço do servidor de correio.',
  '587 with STARTTLS, 465 with TLS, 25 inside a plant.': '587 com STARTTLS, 465 com TLS, 25 dentro de uma fábrica.',
  Security: 'Segurança',
  'starttls and tls refuse a server whose certificate does not fit.':
    'starttls e tls recusam um servidor cujo certificado não corresponda.',
  User: 'Utilizador',
  'Empty when the server asks for none.': 'Vazio quando o servidor não pede nenhum.',
  Password: 'Palavra-passe',
  From: 'De',
  'The sender that people see.': 'O remetente que as pessoas veem.',
  'Name or IP address of the RTU or substation gateway.': 'Nome ou endereço IP da RTU ou da gateway da subestação.',
  'TCP port, 2404 on nearly all stations.': 'Porta TCP, 2404 em quase todas as estações.',
  'Common address': 'Endereço comum',
  'Number of the station (ASDU address), for tags whose address does not name another one. Set in the station.':
    'Número da estação (endereço ASDU), para variáveis cujo endereço não indica outro. Define-se na estação.',
  'Time zone of the station': 'Fuso horário da estação',
  'UTC, or the zone whose local time the clock of the station shows. Etc/GMT-1 is local standard time all year (UTC+1).':
    'UTC, ou o fuso cuja hora local o relógio da estação mostra. Etc/GMT-1 é a hora legal de inverno todo o ano (UTC+1).',
  'Summer-time bit (SU)': 'Bit da hora de verão (SU)',
  'Whether it tells the two hours apart when clocks are put back. Ignore it if the station sets it wrongly; then the order of the events decides.':
    'Se distingue as duas horas iguais quando os relógios atrasam. Ignore-o se a estação o usa mal; decide então a ordem dos eventos.',
  'General interrogation every (min)': 'Interrogação geral a cada (min)',
  'How often all values are asked for besides the start of the link. 0 asks only then.':
    'Com que frequência se pedem todos os valores, além do início da ligação. 0 pede só nessa altura.',
  'Counter interrogation': 'Interrogação de contadores',
  'Asks for the counters (integrated totals) after the general interrogation.':
    'Pede os contadores (totais integrados) depois da interrogação geral.',
  'Counter interrogation every (min)': 'Interrogação de contadores a cada (min)',
  'How often the counters are asked for. 0 asks only when the link starts.':
    'Com que frequência se pedem os contadores. 0 pede só no início da ligação.',
  'Set the clock of the station every (min)': 'Acertar o relógio da estação a cada (min)',
  'Sends our time, in the time zone above. 0 never does. Leave it off where the station has a time server or a GPS clock.':
    'Envia a nossa hora, no fuso horário acima. 0 nunca envia. Deixe desligado se a estação tem servidor de hora ou relógio GPS.',
  'Originator address': 'Endereço de origem',
  'How we call ourselves in what we ask. 0 unless the station wants a certain one.':
    'Como nos identificamos no que pedimos. 0, salvo se a estação quer um certo.',
  'Octets of the cause of transmission': 'Octetos da causa de transmissão',
  'Octets of the common address': 'Octetos do endereço comum',
  'Octets of the object address': 'Octetos do endereço do objeto',
  'Must be as in the station: 2 by the standard.': 'Tem de ser como na estação: 2 segundo a norma.',
  'Must be as in the station: 3 by the standard.': 'Tem de ser como na estação: 3 segundo a norma.',
  k: 'k',
  w: 'w',
  'Telegrams of ours that may wait for the acknowledgement of the station.':
    'Telegramas nossos que podem aguardar a confirmação da estação.',
  'Telegrams after which we acknowledge. Not more than two thirds of the k that is set in the station.':
    'Telegramas após os quais confirmamos. Não mais de dois terços do k definido na estação.',
  't0 (s)': 't0 (s)',
  't1 (s)': 't1 (s)',
  't2 (s)': 't2 (s)',
  't3 (s)': 't3 (s)',
  'How long to wait for the station to accept the connection.': 'Quanto tempo esperar que a estação aceite a ligação.',
  'How long to wait for the confirmation of what we sent. Then the connection is opened anew.':
    'Quanto tempo esperar pela confirmação do que enviámos. Depois a ligação é reaberta.',
  'We acknowledge at the latest after this. Less than t1.': 'Confirmamos o mais tardar após este tempo. Menor que t1.',
  'A test frame is sent when the line was quiet for so long. Sent sooner where the communication time-out of the device is short.':
    'Envia-se uma trama de teste quando a linha esteve calada este tempo. Mais cedo se o tempo limite de comunicação do equipamento for curto.',
}
