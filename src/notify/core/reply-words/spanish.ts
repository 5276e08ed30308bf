import { list, set, type ReplyWords } from './word-list.ts'

export const SPANISH: ReplyWords = {
  yes: set(`
    sí si vale confirmo confirmado confirmada enterado enterada recibido recibida reconozco reconocido reconocida reconocer visto
    vista entendido entendida afirmativo positivo anotado oído acepto aceptado`),
  stretchedYes: /^s[ií]+$/u,
  letters: set('s'),
  yesPhrases: list(`
    de acuerdo
    está bien
    esta bien
    tomo nota
    claro que sí
    claro que si
    lo reconozco
    la reconozco
    lo he visto
    la he visto
    ya lo vi
    ya lo he visto`),
  goingPhrases: list(`
    estoy en camino
    en camino
    voy para allá
    voy a ver
    voy a mirar
    voy a revisar
    ya voy
    voy
    me encargo
    me ocupo
    lo miro
    estoy en ello`),
  decline: set('no'),
  declinePhrases: list(`
    no puedo
    yo no
    no estoy disponible`),
  fillers: set(`gracias alarma alarmas el la las los número numero favor por mensaje jefe hola`),
  joiners: set('y'),
  all: set('todos todas ambos ambas'),
}
