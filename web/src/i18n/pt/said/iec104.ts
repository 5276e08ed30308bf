import type { Refusals } from '../../refusals.ts'

/** O que diz o IEC 60870-5-104, pela sua forma em inglês. */
export const ptIec104: Refusals = {
  'Check the port (usually 2404) and that IEC 60870-5-104 is switched on in the station.':
    'Verifique a porta (normalmente 2404) e se o IEC 60870-5-104 está ligado na estação.',
  'If that comes again and again, another controlling station may be taking over the link: a station serves one at a time.':
    'Se isto se repete, outro centro de comando pode estar a tomar a ligação: uma estação só serve um de cada vez.',
  'Check the cable, the power of the station and the quality of the line. On a slow line t1 may be too short.':
    'Verifique o cabo, a alimentação da estação e a qualidade da linha. Numa linha lenta t1 pode ser curto demais.',
  'Check that the port belongs to IEC 60870-5-104, and that nothing between us and the station changes its telegrams.':
    'Verifique se a porta é a do IEC 60870-5-104, e se nada entre nós e a estação altera os telegramas.',
  'The link to {who} was ended: {why}': 'A ligação a {who} terminou: {why}',
  'The connection to {who} is accepted, but {what}': 'A ligação a {who} é aceite, mas {what}',
  'Enter the IP address of this computer in the list of controlling stations (masters) of the station, and check that no other one holds its link.':
    'Ponha o endereço IP deste computador na lista de centros de comando (masters) da estação, e verifique se nenhum outro ocupa a ligação.',
  'Check the host and the port: 2404 on nearly all stations. Something else listens at {port}.':
    'Verifique o endereço e a porta: 2404 em quase todas as estações. Outra coisa escuta em {port}.',
  'The link to {who} is held by the device {device} with other settings':
    'A ligação a {who} está ocupada pelo equipamento {device}, com outras definições',
  'A station has one link. Give both devices the same settings except for the common address, or put the tags into {device}.':
    'Uma estação tem uma só ligação. Dê aos dois equipamentos as mesmas definições, exceto o endereço comum, ou ponha as variáveis em {device}.',
  'it acknowledged frame {number}, but the next one to be sent is {next}': 'confirmou a trama {number}, mas a próxima a enviar é {next}',
  'frame {number} came where {expected} was expected': 'veio a trama {number} onde se esperava {expected}',
  'it sent data before it was asked to start': 'enviou dados antes de se pedir o arranque',
  'it did not confirm {what} within t1 = {seconds} s': 'não confirmou {what} em t1 = {seconds} s',
  'it did not answer a test frame within t1 = {seconds} s': 'não respondeu a uma trama de teste em t1 = {seconds} s',
  'it did not acknowledge a frame within t1 = {seconds} s': 'não confirmou uma trama em t1 = {seconds} s',
  'it was not wanted any more': 'já não era precisa',
  'the connection broke: {why}': 'a ligação caiu: {why}',
  'it closed the connection': 'fechou a ligação',
  'it does not speak IEC 60870-5-104: {why}': 'não fala IEC 60870-5-104: {why}',
  'its data cannot be kept: {why}': 'não se conseguem guardar os seus dados: {why}',
  'the octet {octet} where a frame begins with 68': 'o octeto {octet} onde uma trama começa por 68',
  'a frame length of {length}, outside {least} to {most}': 'um comprimento de trama de {length}, fora de {least} a {most}',
  'a frame without data that is {length} octets long instead of 6': 'uma trama sem dados com {length} octetos em vez de 6',
  'the unknown control function {code}': 'a função de controlo desconhecida {code}',
  'The link is up and answers within {millis} ms, but something does not fit':
    'A ligação está ativa e responde em {millis} ms, mas algo não bate certo',
  '{count} {objects} reported so far under common address {addresses}':
    '{count} {objects} comunicados até agora, no endereço comum {addresses}',
  object: 'objeto',
  objects: 'objetos',
  'Uses the live link of this device: the station answers a test frame within {millis} ms; {what}':
    'Usa a ligação ativa deste equipamento: a estação responde a uma trama de teste em {millis} ms; {what}',
  'nothing reported yet': 'ainda nada comunicado',
  '{seen} of {tags} tags have been reported': '{seen} de {tags} variáveis foram comunicadas',
  'The station has reported none of these addresses': 'A estação não comunicou nenhum destes endereços',
  'Compare the object addresses with the point list of the station; it reports under common address {addresses}.':
    'Compare os endereços dos objetos com a lista de pontos da estação; ela comunica no endereço comum {addresses}.',
  'none yet': '(nenhum ainda)',
  '{name} was never reported': '{name} nunca foi comunicado',
  '{name}: the type {type} has no {part}': '{name}: o tipo {type} não tem {part}',
  'it does not answer a test frame within {seconds} s': 'não responde a uma trama de teste em {seconds} s',
  'it closes it at once': 'fecha-a logo a seguir',
  '{who} does not speak IEC 60870-5-104: {why}': '{who} não fala IEC 60870-5-104: {why}',
  'Check the port: 2404 on nearly all stations.': 'Verifique a porta: 2404 em quase todas as estações.',
  'The station answers a test frame. The data transfer was not started, so as not to take the link from another controlling station: values show once the device is saved and enabled':
    'A estação responde a uma trama de teste. A transferência de dados não foi iniciada, para não tirar a ligação a outro centro de comando: os valores aparecem depois de guardar e ativar o equipamento',
  'The telegrams of the station do not have the length that follows from the octets set for cause, common address and object address. They would fit {sizes}: set these in the device, as they are set in the station.':
    'Os telegramas da estação não têm o comprimento que resulta dos octetos definidos para causa, endereço comum e endereço do objeto. Serviriam {sizes}: ponha estes no equipamento, como estão na estação.',
  'It reports under {addresses}: use that, or look up the ASDU address in the settings of the station.':
    'Ela comunica em {addresses}: use esse, ou procure o endereço ASDU nas definições da estação.',
  'Look up the ASDU address in the settings of the station.': 'Procure o endereço ASDU nas definições da estação.',
  'The station does not know common address {address}. {remedy}': 'A estação não conhece o endereço comum {address}. {remedy}',
  'The station refuses the general interrogation of common address {address}. {remedy}':
    'A estação recusa a interrogação geral do endereço comum {address}. {remedy}',
  'The station does not answer the general interrogation of common address {address}. {remedy}':
    'A estação não responde à interrogação geral do endereço comum {address}. {remedy}',
  'There is no live link to this station, and only that shows what it reports':
    'Não há ligação ativa a esta estação, e só essa mostra o que ela comunica',
  'Save the device and enable it; what the station reports appears here as soon as it is online.':
    'Guarde o equipamento e ative-o; o que a estação comunica aparece aqui assim que estiver em linha.',
  't2 is {t2} s, but must be less than t1 ({t1} s)': 't2 é {t2} s, mas tem de ser menor que t1 ({t1} s)',
  'The standard says 10 s and 15 s.': 'A norma diz 10 s e 15 s.',
  'The address tells everything: leave the settings empty.': 'O endereço diz tudo: deixe as definições vazias.',
  'The object address {address} does not fit into {octets} octets': 'O endereço do objeto {address} não cabe em {octets} octetos',
  'The largest is {largest}. Or raise "Octets of the object address" of the device.':
    'O maior é {largest}. Ou aumente "Octetos do endereço do objeto" do equipamento.',
  'The common address {address} does not fit into {octets} octets': 'O endereço comum {address} não cabe em {octets} octetos',
  'With one octet it goes from 1 to 255.': 'Com um octeto vai de 1 a 255.',
  'It goes from 1 to 65535.': 'Vai de 1 a 65535.',
  'Write for example 1/4001 (common address / object address), 4001, 1/R32/4001, 1/700.3 or 1/900.sequence.':
    'Escreva por exemplo 1/4001 (endereço comum / endereço do objeto), 4001, 1/R32/4001, 1/700.3 ou 1/900.sequence.',
  '"{text}" has more than two slashes': '"{text}" tem mais de duas barras',
  'information object address': 'endereço de objeto',
  'common address': 'endereço comum',
  '"{text}" is no type of the monitor direction': '"{text}" não é um tipo do sentido de monitorização',
  'Use one of {types}, or a name such as M_ME_TF_1.': 'Use um de {types}, ou um nome como M_ME_TF_1.',
  '"{text}" in "{body}" is no {what}': '"{text}" em "{body}" não é um {what}',
  'The {what} {number} is too large': 'O {what} {number} é demasiado grande',
  'The largest is {largest}.': 'O maior é {largest}.',
  '{type} in "{body}" has no single bits': '{type} em "{body}" não tem bits separados',
  'Bit {bit} in "{body}" does not exist': 'O bit {bit} em "{body}" não existe',
  'There are the bits 0 to {last}.': 'Há os bits 0 a {last}.',
  '"{text}" after the point in "{body}" is not understood': 'Não se percebe "{text}" depois do ponto em "{body}"',
  '{type} in "{body}" has no {part}': '{type} em "{body}" não tem {part}',
  'Single point': 'Ponto simples',
  'Double point': 'Ponto duplo',
  'Step position': 'Posição de tomada',
  'Bit string of 32 bits': 'Cadeia de 32 bits',
  'Measured value, normalized': 'Medida normalizada',
  'Measured value, scaled': 'Medida escalada',
  'Measured value, floating point': 'Medida em vírgula flutuante',
  'Integrated total': 'Contador',
  'Protection event': 'Evento de proteção',
  'Protection start events': 'Arranques de proteção',
  'Protection output circuits': 'Circuitos de saída da proteção',
  '16 single points with change detection': '16 pontos simples com deteção de mudança',
  'invalid (IV)': 'inválido (IV)',
  'not topical (NT)': 'não atual (NT)',
  'substituted (SB)': 'substituído (SB)',
  'blocked (BL)': 'bloqueado (BL)',
  'overflow (OV)': 'excesso (OV)',
  'intermediate or faulty position': 'posição intermédia ou defeituosa',
  'clock of the station invalid': 'relógio da estação inválido',
  'summer time (SU)': 'hora de verão (SU)',
  'local time that occurs twice or never': 'hora local que ocorre duas vezes ou nunca',
  'time of receipt': 'hora de receção',
}
