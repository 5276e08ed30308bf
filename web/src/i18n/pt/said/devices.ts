import type { Refusals } from '../../refusals.ts'

/** O que se diz da ligação a qualquer equipamento, pela sua forma em inglês. */
export const ptDevices: Refusals = {
  '{who} did not accept the connection within {seconds} s': '{who} não aceitou a ligação em {seconds} s',
  'Check the IP address, the cable, the power of the {peer} and firewalls on the way.':
    'Verifique o endereço IP, o cabo, a alimentação {peer} e as firewalls no caminho.',
  device: 'do equipamento',
  station: 'da estação',
  broker: 'do broker',
  '{who} refuses the connection: nothing listens on port {port}': '{who} recusa a ligação: nada escuta na porta {port}',
  'There is no way to {who}': 'Não há caminho até {who}',
  'Check the IP address, the cable, and the network settings of this computer.':
    'Verifique o endereço IP, o cabo e as definições de rede deste computador.',
  'The host name "{host}" is not known': 'O nome "{host}" não é conhecido',
  'Check the spelling, or give the IP address of the {peer}.': 'Verifique a escrita, ou indique o endereço IP {peer}.',
  'The connection to {who} failed: {why}': 'A ligação a {who} falhou: {why}',
  'Check the IP address, the cable and the power of the {peer}.': 'Verifique o endereço IP, o cabo e a alimentação {peer}.',
  'Look into the log for details.': 'Veja os pormenores no registo.',
  '{host} is an IP address': '{host} é um endereço IP',
  '{host} has the address {address}': '{host} tem o endereço {address}',
  'The settings cannot be read': 'Não se conseguem ler as definições',
  'It knows {names}.': 'Conhece {names}.',
  '{whose} knows no setting "{key}"{of}': '{whose} não conhece a definição "{key}"{of}',
  ' of a tag': ' de uma variável',
  '{device} did not let itself be connected within {seconds} s': 'Não foi possível ligar a {device} em {seconds} s',
  'Look whether something between here and the device holds the connection up: a firewall, a gateway.':
    'Veja se algo entre aqui e o equipamento retém a ligação: uma firewall, uma gateway.',
  '{device} did not take up its tags within {seconds} s': '{device} não assumiu as suas variáveis em {seconds} s',
  'A round of {device} took longer than {seconds} s and was given up':
    'Uma volta de leitura de {device} demorou mais de {seconds} s e foi abandonada',
  'Poll less often or fewer tags, or shorten the time-out: the device answers too slowly for so many.':
    'Leia com menos frequência ou menos variáveis, ou reduza o tempo limite: o equipamento responde devagar demais para tantas.',
  'The session of {device} has ended': 'A sessão de {device} terminou',
  'It brought its driver process down three times within ten minutes and is left out so that the others go on. Press "retry now", or change its settings, to try it again; it is tried by itself after an hour. The log of the process says what happened.':
    'Fez cair o processo do seu controlador três vezes em dez minutos e fica de fora para que os outros continuem. Carregue em "Tentar agora", ou altere as definições, para tentar de novo; ao fim de uma hora tenta-se sozinho. O registo do processo diz o que aconteceu.',
  'The device ended the conversation.': 'O equipamento terminou a comunicação.',
  'It is connected again by itself.': 'A ligação é retomada por si.',
  'There is no {title} {code}.': 'Não há {title} {code}.',
  'Add the {title}, or name another one.': 'Acrescente-o ({title}), ou indique outro.',
  '{bad} of {tags} tags cannot be read, the first is {tag}. Check their addresses and types.':
    '{bad} de {tags} variáveis não se conseguem ler, a primeira é {tag}. Verifique os endereços e os tipos.',
  '{source} does not know the device yet.': '{source} ainda não conhece o equipamento.',
  'Correct it in the form.': 'Corrija no formulário.',
  '{source} has nothing to look through.': '{source} não tem nada para explorar.',
  '{source} has no action {name}.': '{source} não tem a ação {name}.',
  '{source} does not know the request {kind}.': '{source} não conhece o pedido {kind}.',
  'There is no driver for {protocol}.': 'Não há controlador para {protocol}.',
  'The process {name} did not answer within {seconds} s.': 'O processo {name} não respondeu em {seconds} s.',
  'The driver did not answer in time.': 'O controlador não respondeu a tempo.',
  '{read} of {tags} tags read': '{read} de {tags} variáveis lidas',
  '{read} of {tags} tags read; see the others below': '{read} de {tags} variáveis lidas; veja as outras abaixo',
  '{who} accepts the connection': '{who} aceita a ligação',
  'Only a name or an IP address, without http:// and without the port': 'Só um nome ou um endereço IP, sem http:// e sem a porta',
  'The address is empty': 'O endereço está vazio',
  'Leave out the point and what follows it.': 'Retire o ponto e o que vem a seguir.',
  'another name': 'outro nome',
  'See under System whether it is running; its log says what keeps it.':
    'Veja em Sistema se está a funcionar; o seu registo diz o que o prende.',
}
