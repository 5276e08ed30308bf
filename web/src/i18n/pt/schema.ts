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
}
