import type { Severity } from '#domain/alarm.ts'
import type { Language } from '#domain/contact.ts'

/** Everything that messages and answers say, in one language. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>
  readonly raised: string
  readonly cleared: string
  readonly acknowledged: string
  readonly late: string
  readonly limit: string
  /** What stands in the place of a rule's name. */
  readonly communicationLoss: string
  readonly communicationLost: string
  readonly stillOpen: string
  readonly howScreen: string
  /** The label of buttons and links. */
  readonly acknowledge: string
  readonly linkLasts: string
  /** With a button below it. */
  howReply(number: number): string
  howAnswer(number: number): string
  declined(alarms: string): string
  declinedLast(alarms: string): string
  digest(count: number, critical: number): string
  readonly howDigest: string
  nobodyAnswered(minutes: number): string
  gatewayDown(title: string, why: string): string
  gatewayUp(title: string): string
  readonly overdue: string
  confirmed(alarms: string): string
  already(alarm: string, by: string): string
  which(alarms: string): string
  readonly noneOpen: string
  readonly notUnderstood: string
  paired(name: string): string
  readonly pairingExpired: string
  readonly stranger: string
  readonly test: string
}

const en: Words = {
  severity: { info: 'INFO', warning: 'WARNING', critical: 'CRITICAL' },
  raised: 'Raised',
  cleared: 'Returned to normal',
  acknowledged: 'Acknowledged',
  late: 'sent late',
  limit: 'limit',
  communicationLoss: 'Communication lost',
  communicationLost: 'no communication',
  stillOpen: 'Not acknowledged yet.',
  howScreen: 'Acknowledge it in the alarm console.',
  acknowledge: 'Acknowledge',
  linkLasts: 'This link works for 72 hours and only for this alarm.',
  howReply: (number) => `To acknowledge press the button, or answer: ok ${number}`,
  howAnswer: (number) => `Answer: ok ${number}`,
  declined: (alarms) => `Noted: you cannot. Whoever is next is told now: ${alarms}`,
  declinedLast: (alarms) => `Noted: you cannot. Nobody else is left to be told: ${alarms}`,
  digest: (count, critical) => `${count} new alarms${critical > 0 ? `, ${critical} critical` : ''}`,
  howDigest: 'Answer: all, or the numbers',
  nobodyAnswered: (minutes) => `Nobody answered for ${minutes} min:`,
  gatewayDown: (title, why) => `${title} does not work: ${why}`,
  gatewayUp: (title) => `${title} works again.`,
  overdue: 'Alarm messages are not being sent: the messaging has stopped. Look at the alarm console, and at Services.',
  confirmed: (alarms) => `Acknowledged: ${alarms}`,
  already: (alarm, by) => `${alarm} was already acknowledged. ${by}`,
  which: (alarms) => `Which one? Answer with its number, or "all":\n${alarms}`,
  noneOpen: 'No alarm waits for you to acknowledge it.',
  notUnderstood: 'I did not understand that, and nothing was acknowledged. Answer ok and the number of the alarm.',
  paired: (name) => `This chat now receives the alarms of ${name}.`,
  pairingExpired: 'This link is no longer valid. Ask for a new one.',
  stranger: 'This chat is not known here. Ask for a pairing link.',
  test: 'Test message: alarms will arrive here.',
}

const pt: Words = {
  severity: { info: 'INFORMAÇÃO', warning: 'AVISO', critical: 'CRÍTICO' },
  raised: 'Início',
  cleared: 'Regresso ao normal',
  acknowledged: 'Reconhecido',
  late: 'enviado com atraso',
  limit: 'limite',
  communicationLoss: 'Comunicação perdida',
  communicationLost: 'sem comunicação',
  stillOpen: 'Ainda não foi reconhecido.',
  howScreen: 'Reconheça-o na consola de alarmes.',
  acknowledge: 'Reconhecer',
  linkLasts: 'Esta ligação vale 72 horas e só para este alarme.',
  howReply: (number) => `Para reconhecer prima o botão ou responda: sim ${number}`,
  howAnswer: (number) => `Responda: sim ${number}`,
  declined: (alarms) => `Entendido: não pode. Quem se segue é avisado agora: ${alarms}`,
  declinedLast: (alarms) => `Entendido: não pode. Não há mais ninguém a avisar: ${alarms}`,
  digest: (count, critical) => `${count} alarmes novos${critical > 0 ? `, ${critical} críticos` : ''}`,
  howDigest: 'Responda: todos, ou os números',
  nobodyAnswered: (minutes) => `Ninguém respondeu durante ${minutes} min:`,
  gatewayDown: (title, why) => `${title} não funciona: ${why}`,
  gatewayUp: (title) => `${title} voltou a funcionar.`,
  overdue: 'As mensagens de alarme não estão a ser enviadas: o serviço de mensagens parou. Veja a consola de alarmes e os Serviços.',
  confirmed: (alarms) => `Reconhecido: ${alarms}`,
  already: (alarm, by) => `${alarm} já tinha sido reconhecido. ${by}`,
  which: (alarms) => `Qual deles? Responda com o número, ou "todos":\n${alarms}`,
  noneOpen: 'Nenhum alarme espera pelo seu reconhecimento.',
  notUnderstood: 'Não percebi, e nada foi reconhecido. Responda sim e o número do alarme.',
  paired: (name) => `Esta conversa passa a receber os alarmes de ${name}.`,
  pairingExpired: 'Esta ligação já não é válida. Peça uma nova.',
  stranger: 'Esta conversa não é conhecida aqui. Peça uma ligação de emparelhamento.',
  test: 'Mensagem de teste: os alarmes vão chegar aqui.',
}

const es: Words = {
  severity: { info: 'INFORMACIÓN', warning: 'AVISO', critical: 'CRÍTICO' },
  raised: 'Inicio',
  cleared: 'Vuelta a la normalidad',
  acknowledged: 'Reconocida',
  late: 'enviado con retraso',
  limit: 'límite',
  communicationLoss: 'Comunicación perdida',
  communicationLost: 'sin comunicación',
  stillOpen: 'Todavía no está reconocida.',
  howScreen: 'Reconózcala en la consola de alarmas.',
  acknowledge: 'Reconocer',
  linkLasts: 'Este enlace vale 72 horas y solo para esta alarma.',
  howReply: (number) => `Para reconocerla pulse el botón o responda: sí ${number}`,
  howAnswer: (number) => `Responda: sí ${number}`,
  declined: (alarms) => `Entendido: no puede. Ahora se avisa a quien sigue: ${alarms}`,
  declinedLast: (alarms) => `Entendido: no puede. No queda nadie más a quien avisar: ${alarms}`,
  digest: (count, critical) => `${count} alarmas nuevas${critical > 0 ? `, ${critical} críticas` : ''}`,
  howDigest: 'Responda: todas, o los números',
  nobodyAnswered: (minutes) => `Nadie respondió durante ${minutes} min:`,
  gatewayDown: (title, why) => `${title} no funciona: ${why}`,
  gatewayUp: (title) => `${title} vuelve a funcionar.`,
  overdue: 'Los mensajes de alarma no se están enviando: la mensajería se ha parado. Mire la consola de alarmas y los Servicios.',
  confirmed: (alarms) => `Reconocida: ${alarms}`,
  already: (alarm, by) => `${alarm} ya estaba reconocida. ${by}`,
  which: (alarms) => `¿Cuál? Responda con el número, o "todas":\n${alarms}`,
  noneOpen: 'Ninguna alarma espera su reconocimiento.',
  notUnderstood: 'No lo he entendido, y nada se ha reconocido. Responda sí y el número de la alarma.',
  paired: (name) => `Este chat recibe desde ahora las alarmas de ${name}.`,
  pairingExpired: 'Este enlace ya no es válido. Pida uno nuevo.',
  stranger: 'Este chat no se conoce aquí. Pida un enlace de emparejamiento.',
  test: 'Mensaje de prueba: las alarmas llegarán aquí.',
}

const ALL: Readonly<Record<Language, Words>> = { en, pt, es }

export function words(language: Language): Words {
  return ALL[language]
}
