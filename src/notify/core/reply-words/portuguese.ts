import { list, set, type ReplyWords } from './word-list.ts'

/** Accents stay: `já` (already) is not the German `ja` (yes). */
export const PORTUGUESE: ReplyWords = {
  yes: set(`
    sim confirmo confirmado confirmada recebido recebida recebi reconheço reconheco reconhecido reconhecida reconhecer reconheça
    visto vista entendido entendida entendi percebido percebida percebi ciente certo positivo afirmativo assumo aceito combinado comfirmo cofirmo confimo tá`),
  stretchedYes: /^si+m+$/u,
  letters: set('s'),
  yesPhrases: list(`
    está bem
    esta bem
    tá bem
    tá bom
    ta bom
    está bom
    eu assumo
    claro que sim
    de acordo
    tomei conhecimento
    tomo conhecimento
    já vi
    já recebi
    já reconheci
    eu reconheço
    eu confirmo
    sim senhor
    sim senhora`),
  goingPhrases: list(`
    estou a caminho
    já estou a caminho
    ja estou a caminho
    a caminho
    vou já ver
    vou ja ver
    vou ver já
    vou verificar
    vou tratar
    estou a tratar
    já estou a tratar
    a tratar
    trato disso
    eu trato
    fico com este
    vou já
    vou ja
    vou ver
    vou lá
    já vou
    ja vou
    vou a caminho
    estou a ver
    a verificar
    pode deixar`),
  decline: set('não nao'),
  declinePhrases: list(`
    não posso
    nao posso
    não consigo
    nao consigo
    não estou disponível`),
  fillers: set(`obrigado obrigada obg obgd alarme alarmes o os a ao aos número numero favor por mensagem chefe pessoal olá ola`),
  joiners: set('e'),
  all: set('todos todas ambos ambas'),
}
