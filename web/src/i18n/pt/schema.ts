import { ptChannels } from './channels.ts'
import { ptChoices } from './choices.ts'

/** Textos dos formulários que o servidor descreve, pela sua forma inglesa. */
export const ptSchema: Readonly<Record<string, string>> = {
  ...ptChannels,
  ...ptChoices,
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
  Broker: 'Broker',
  'Code of one of the MQTT brokers.': 'Código de um dos brokers MQTT.',
  Kind: 'Tipo',
  'Plain topics with any payload, or a Sparkplug B edge node or device.':
    'Tópicos simples com qualquer conteúdo, ou um nó de borda ou equipamento Sparkplug B.',
  'Topic prefix': 'Prefixo do tópico',
  "Plain topics: put before each tag's topic. May be empty.":
    'Tópicos simples: colocado antes do tópico de cada variável. Pode ficar vazio.',
  QoS: 'QoS',
  'Plain topics: 1 is acknowledged only when the value is safely on disk; 0 may lose messages when the connection breaks.':
    'Tópicos simples: 1 só é confirmado quando o valor está seguro no disco; 0 pode perder mensagens quando a ligação cai.',
  'Group id': 'Grupo',
  'Sparkplug: the group of the edge node. Leave it empty to browse what the broker carries.':
    'Sparkplug: o grupo do nó de borda. Deixe vazio para explorar o que o broker transporta.',
  'Edge node id': 'Nó de borda',
  'Sparkplug: the edge node.': 'Sparkplug: o nó de borda.',
  'Device id': 'Equipamento',
  'Sparkplug: the device behind the edge node. Empty: the metrics of the edge node itself.':
    'Sparkplug: o equipamento atrás do nó de borda. Vazio: as métricas do próprio nó.',
  'JSON path': 'Caminho JSON',
  'Where the value stands in a JSON payload; [*] takes every element of an array. Empty: the whole payload is the value.':
    'Onde está o valor num conteúdo JSON; [*] toma cada elemento de uma lista. Vazio: o conteúdo inteiro é o valor.',
  'Read as': 'Ler como',
  'Auto: as it is written. Number, boolean or text: anything else is a Bad value.':
    'Auto: como está escrito. Número, booleano ou texto: qualquer outra coisa é um valor mau.',
  'Time stamp path': 'Caminho da hora',
  'Where the time stands in the payload. Empty: the moment of arrival.': 'Onde está a hora no conteúdo. Vazio: o momento da chegada.',
  'Time stamp unit': 'Unidade da hora',
  'Auto: text is ISO 8601, numbers are seconds, milliseconds, microseconds or nanoseconds since 1970 by their size.':
    'Auto: texto é ISO 8601; números são segundos, milissegundos, microssegundos ou nanossegundos desde 1970, pelo seu tamanho.',
  'Time zone': 'Fuso horário',
  'Of time stamps in ISO 8601 that name no offset.': 'De horas em ISO 8601 sem indicação do fuso.',
  'Name or IP address of the broker.': 'Nome ou endereço IP do broker.',
  '1883 is usual, 8883 with TLS.': '1883 é o habitual, 8883 com TLS.',
  'User name': 'Nome de utilizador',
  'Empty when the broker asks for none.': 'Vazio quando o broker não pede nenhum.',
  'Kept sealed; never shown again.': 'Guardada cifrada; nunca mais é mostrada.',
  TLS: 'TLS',
  'Encrypts the connection. Without it the password travels in clear.': 'Cifra a ligação. Sem isso a palavra-passe viaja às claras.',
  'CA certificate (PEM)': 'Certificado da autoridade (PEM)',
  "Of the authority that signed the broker's certificate, or that certificate itself. Empty: those that the system trusts.":
    'Da autoridade que assinou o certificado do broker, ou esse próprio certificado. Vazio: as que o sistema reconhece.',
  "Check the broker's certificate": 'Verificar o certificado do broker',
  'Off, anybody on the way can pretend to be the broker and read the password. Better give the CA certificate.':
    'Desligado, qualquer um no caminho pode fazer-se passar pelo broker e ler a palavra-passe. É melhor indicar o certificado da autoridade.',
  'Name in the certificate': 'Nome no certificado',
  'When it differs from the host, for example because the host is an IP address (SNI).':
    'Quando difere do endereço, por exemplo porque este é um endereço IP (SNI).',
  'Client certificate (PEM)': 'Certificado do cliente (PEM)',
  'For brokers that know their clients by certificate.': 'Para brokers que reconhecem os clientes pelo certificado.',
  'Client key (PEM)': 'Chave do cliente (PEM)',
  'Of the client certificate, without a passphrase.': 'Do certificado do cliente, sem frase-passe.',
  'Client id': 'Identificador do cliente',
  'Must be unique on the broker. Empty: one that this installation keeps for ever. The Sparkplug connection adds "-host".':
    'Tem de ser único no broker. Vazio: um que esta instalação mantém para sempre. A ligação Sparkplug acrescenta "-host".',
  'MQTT version': 'Versão do MQTT',
  '3.1.1 is understood by every broker; 5 tells more about what went wrong.':
    'Todos os brokers entendem a 3.1.1; a 5 diz mais sobre o que correu mal.',
  'Keep alive (s)': 'Sinal de ligação (s)',
  'A broker that hangs is noticed after one and a half times this.': 'Um broker bloqueado nota-se ao fim de uma vez e meia este tempo.',
  Session: 'Sessão',
  'Persistent: the broker keeps messages of QoS 1 while SyncTide is away. Sparkplug always uses a clean one, as its standard demands.':
    'Persistente: o broker guarda as mensagens de QoS 1 enquanto o SyncTide está fora. O Sparkplug usa sempre uma limpa, como a sua norma exige.',
  'Sparkplug host id': 'Identificador do anfitrião Sparkplug',
  'Under which edge nodes see whether SyncTide is there (STATE). Empty: another program is the host; SyncTide only listens.':
    'Sob o qual os nós de borda veem se o SyncTide está presente (STATE). Vazio: o anfitrião é outro programa; o SyncTide só escuta.',
  'Sparkplug STATE': 'STATE do Sparkplug',
  'How that is said: as JSON (3.0), or as ONLINE and OFFLINE for edge nodes of version 2.2.':
    'Como isso se diz: em JSON (3.0), ou como ONLINE e OFFLINE para nós de borda da versão 2.2.',
  'Sparkplug reorder time-out (ms)': 'Espera de reordenação do Sparkplug (ms)',
  'How long to wait for a message that others have overtaken before the edge node is asked for a rebirth.':
    'Quanto tempo esperar por uma mensagem ultrapassada por outras antes de pedir ao nó de borda que renasça.',
  Folder: 'Pasta',
  'Where the files arrive. Empty: raw_data/<device code> below the data folder, made by itself. Another one must lie below raw_data or a folder that the administrator allowed with SYNCTIDE_CSV_FOLDERS.':
    'Onde chegam os ficheiros. Vazio: raw_data/<código do equipamento> na pasta de dados, criada automaticamente. Outra tem de estar dentro de raw_data ou de uma pasta que o administrador permitiu com SYNCTIDE_CSV_FOLDERS.',
  'File names': 'Nomes dos ficheiros',
  'Which files are read; * stands for anything, several patterns are separated by a blank.':
    'Que ficheiros são lidos; * representa qualquer texto, vários padrões separam-se com um espaço.',
  'IANA zone of times that do not say theirs. Empty: the zone of this machine.':
    'Fuso IANA das horas que não indicam o seu. Vazio: o fuso desta máquina.',
  'Date format': 'Formato da data',
  'ymd 2026-11-26, dmy 26/11/2026, mdy 11/26/2026, compact 20261126073000, excel a number of days, epoch a number since 1970. auto asks where day and month cannot be told apart.':
    'ymd 2026-11-26, dmy 26/11/2026, mdy 11/26/2026, compact 20261126073000, excel um número de dias, epoch um número desde 1970. auto pergunta quando não se distingue o dia do mês.',
  'Decimal mark': 'Separador decimal',
  '1.5 or 1,5.': '1.5 ou 1,5.',
  Delimiter: 'Delimitador',
  'What stands between two fields.': 'O que separa dois campos.',
  'Thousands mark': 'Separador de milhares',
  'As in 1.234,5. auto reads it only where a number proves it; 1.234 alone is then set aside.':
    'Como em 1.234,5. auto só o lê onde um número o prova; 1.234 sozinho é então posto de parte.',
  'File encoding': 'Codificação do ficheiro',
  'auto goes by the byte order mark, then takes UTF-8 where the file is, else windows-1252.':
    'auto segue a marca de ordem dos bytes; sem ela, UTF-8 se o ficheiro o for, senão windows-1252.',
  Header: 'Cabeçalho',
  'Whether the first row names the columns. Without one they are called Column 1, Column 2 and so on.':
    'Se a primeira linha dá nome às colunas. Sem ela chamam-se Column 1, Column 2 e assim por diante.',
  'Lines to skip': 'Linhas a saltar',
  'Lines before the header.': 'Linhas antes do cabeçalho.',
  Layout: 'Disposição',
  'wide: a column for each tag. long: a row for each value, with the name of the tag in a column.':
    'wide: uma coluna por variável. long: uma linha por valor, com o nome da variável numa coluna.',
  'Time column': 'Coluna da hora',
  'Empty: the first that holds times.': 'Vazio: a primeira que contém horas.',
  'Time of day column': 'Coluna da hora do dia',
  'Where date and time stand in two columns. Empty: found out.': 'Quando a data e a hora estão em duas colunas. Vazio: descobre-se.',
  'Tag column': 'Coluna da variável',
  'Of the long layout. Empty: found out.': 'Da disposição long. Vazio: descobre-se.',
  'Value column': 'Coluna do valor',
  'Quality column': 'Coluna da qualidade',
  'Judge rows of the last (min)': 'Avaliar linhas dos últimos (min)',
  'Rows newer than this are judged by the alarm rules one by one; of older ones only the newest of each tag becomes the current value, the others are history.':
    'As linhas mais recentes do que isto são avaliadas uma a uma pelas regras de alarme; das mais antigas só a mais recente de cada variável se torna o valor atual, as outras são histórico.',
  'Malformed rows allowed (%)': 'Linhas malformadas permitidas (%)',
  'A file with more of them is refused as a whole; with fewer they are set aside in rejected/ and the others are kept.':
    'Um ficheiro com mais do que isto é recusado por inteiro; com menos, são postas de parte em rejected/ e as outras ficam.',
  'After reading': 'Depois de ler',
  'leave: the file stays where it is. move: it goes to processed/.': 'leave: o ficheiro fica onde está. move: vai para processed/.',
  'Delete read files after (days)': 'Apagar ficheiros lidos após (dias)',
  'What was read is kept, and the file is not read again should it come back. 0 never deletes.':
    'O que foi lido fica guardado, e o ficheiro não é lido de novo se voltar. 0 nunca apaga.',
  'Look every (s)': 'Procurar a cada (s)',
  'How often the folder is looked at; network folders tell nothing by themselves.':
    'Com que frequência se olha para a pasta; as pastas de rede não avisam por si.',
  'Bundled broker': 'Broker incluído',
  'SyncTide runs this broker itself. Off: one that is there already, named by its host.':
    'O próprio SyncTide executa este broker. Desligado: um que já existe, indicado pelo endereço.',
  'Open to the network': 'Aberto à rede',
  'Bundled broker: other machines may connect, with this user name and password. Off: only programs on this machine.':
    'Broker incluído: outras máquinas podem ligar-se, com este nome de utilizador e palavra-passe. Desligado: só programas desta máquina.',
  'Bot token': 'Chave do bot',
  'From @BotFather, after /newbot.': 'De @BotFather, depois de /newbot.',
  Server: 'Servidor',
  'Another address only behind a proxy or with a Bot API server of your own.':
    'Outro endereço só atrás de um proxy ou com um servidor Bot API próprio.',
  'Name or address of the mail server.': 'Nome ou endereço do servidor de correio.',
  '587 with STARTTLS, 465 with TLS, 25 inside a plant.': '587 com STARTTLS, 465 com TLS, 25 dentro de uma fábrica.',
  Security: 'Segurança',
  STARTTLS: 'STARTTLS',
  'None, inside a plant': 'Nenhuma, dentro da instalação',
  'STARTTLS and TLS refuse a server whose certificate does not fit.':
    'STARTTLS e TLS recusam um servidor cujo certificado não corresponda.',
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
  'Endpoint URL': 'URL do endpoint',
  'Address of the OPC UA server, beginning with opc.tcp://; the port is 4840 on most devices.':
    'Endereço do servidor OPC UA, a começar por opc.tcp://; a porta é 4840 na maioria dos equipamentos.',
  'Security policy': 'Política de segurança',
  'How messages are protected. None sends everything in plain text: choose it only where the device offers nothing else.':
    'Como as mensagens são protegidas. None envia tudo em texto simples: escolha-a só quando o equipamento não oferece mais nada.',
  'Security mode': 'Modo de segurança',
  'Sign protects against changes, SignAndEncrypt also against reading along. Without meaning for the policy None.':
    'Sign protege contra alterações, SignAndEncrypt também contra escutas. Sem efeito com a política None.',
  'Log in as': 'Iniciar sessão como',
  'Who the server sees: nobody in particular, a user with a password, or a user with a certificate.':
    'Quem o servidor vê: ninguém em particular, um utilizador com palavra-passe ou um utilizador com certificado.',
  'Of the user on the OPC UA server.': 'Do utilizador no servidor OPC UA.',
  'User certificate (PEM)': 'Certificado do utilizador (PEM)',
  'Of the user, for log-in by certificate; begins with -----BEGIN CERTIFICATE-----.':
    'Do utilizador, para iniciar sessão com certificado; começa por -----BEGIN CERTIFICATE-----.',
  'Private key of the user (PEM)': 'Chave privada do utilizador (PEM)',
  'Belongs to the user certificate; begins with -----BEGIN PRIVATE KEY-----.':
    'Pertence ao certificado do utilizador; começa por -----BEGIN PRIVATE KEY-----.',
  'How values are fetched': 'Como se obtêm os valores',
  'By subscription the server sends changes by itself; poll reads every tag at the poll interval of the device.':
    'Por subscrição o servidor envia as alterações por si; poll lê todas as variáveis no intervalo de leitura do equipamento.',
  'Publishing interval (ms)': 'Intervalo de publicação (ms)',
  'How often the server sends what has changed. The server may choose a longer one.':
    'De quanto em quanto tempo o servidor envia o que mudou. O servidor pode escolher um intervalo maior.',
  'Sampling interval (ms)': 'Intervalo de amostragem (ms)',
  'How often the server looks at a value. 0 means as fast as the server can.':
    'De quanto em quanto tempo o servidor olha para um valor. 0 significa tão depressa quanto o servidor consegue.',
  'Queue per tag': 'Fila por variável',
  'Changes that the server keeps while the network is away. 100 at 500 ms bridge 50 s without loss.':
    'Alterações que o servidor guarda enquanto a rede falha. 100 a 500 ms cobrem 50 s sem perdas.',
  'Outage to bridge (s)': 'Falha a cobrir (s)',
  'How long the server keeps the subscription while nobody is connected.':
    'Quanto tempo o servidor guarda a subscrição enquanto ninguém está ligado.',
  'Session time-out (s)': 'Tempo limite da sessão (s)',
  'How long the server keeps our session without us. Many servers forget the subscription with it: an outage or restart that is shorter loses nothing.':
    'Durante quanto tempo o servidor guarda a nossa sessão sem nós. Com ela muitos servidores esquecem a subscrição: uma falha ou um reinício mais curto não perde nada.',
  'Nodes per request': 'Nós por pedido',
  'Upper limit, whatever the server says of itself. Lower it for devices that refuse long requests.':
    'Limite máximo, diga o servidor o que disser. Reduza para equipamentos que recusam pedidos longos.',
  'CSV files': 'Ficheiros CSV',
  'MQTT and Sparkplug B': 'MQTT e Sparkplug B',
  'IEC 60870-5-104': 'IEC 60870-5-104',
  'Modbus TCP': 'Modbus TCP',
  'OPC UA': 'OPC UA',
  'E-mail': 'E-mail',
  'SMS (Teltonika router)': 'SMS (router Teltonika)',
  Telegram: 'Telegram',
  'WhatsApp (Meta)': 'WhatsApp (Meta)',
  'SMS (Twilio)': 'SMS (Twilio)',
  'WhatsApp (Twilio)': 'WhatsApp (Twilio)',
}
