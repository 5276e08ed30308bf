/** O que se guarda: armazenamento, retenção, cópias de segurança. */
export const ptStorage = {
  'storage.title': 'Armazenamento',
  'storage.hint': 'Espaço em disco, retenção, cópias de segurança',
  'retention.title': 'Retenção de dados',
  'retention.text':
    'O que é mais antigo é apagado às 03:00, hora do local. Um alarme ativo e um caso aberto conservam o que mostram, qualquer que seja a idade. O espaço na base de dados volta a servir para novas amostras.',
  'retention.samples': 'Medições em bruto',
  'retention.alarms': 'Histórico de alarmes',
  'retention.messages': 'Histórico de mensagens',
  'retention.csvFiles': 'Ficheiros CSV de origem',
  'retention.csvHint': 'Apaga ficheiros lidos até ao último byte; o registo do que foi lido fica.',
  'retention.forEver': 'para sempre',
  'retention.days': { one: '{count} dia', other: '{count} dias' },
  'retention.years': { one: '{count} ano', other: '{count} anos' },
  'retention.nothingYet': 'Ainda não há nada guardado.',
  'retention.now': { one: '{count} registo, {size}, desde {since}.', other: '{count} registos, {size}, desde {since}.' },
  'retention.takesNothing': 'Nada é assim tão antigo.',
  'retention.takes': {
    one: 'Apaga {count} registo, {size}, anterior a {before}.',
    other: 'Apaga {count} registos, {size}, anteriores a {before}.',
  },
  'retention.next': 'Próxima execução:',
  'retention.last': 'Última execução:',
  'retention.confirmTitle': 'Guardar a retenção?',
  'retention.confirmText': 'A próxima noite apaga definitivamente cerca de {size}. Só uma cópia de segurança o traz de volta.',
  'retention.confirmNothing': 'Ainda nada tem idade para ser apagado.',
}
