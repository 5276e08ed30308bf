/**
 * The words by which people acknowledge, in five languages. Accents are kept on purpose: Portuguese `já` (already) must never be read
 * as German `ja` (yes). Common spellings without accents are listed beside the right ones where they mean nothing else.
 */

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''))
const list = (phrases: string): readonly string[] =>
  phrases
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort((a, b) => b.length - a.length)

/** Each says yes on its own. */
export const YES = set(`
  ack acked acknowledge acknowledged acknowledging ok okay okey okei yes yep yeah yup aye roger copy copied received confirm confirmed
  noted seen understood affirmative accepted
  sim confirmo confirmado confirmada recebido recebida recebi reconheço reconheco reconhecido reconhecida reconhecer reconheça visto vista
  entendido entendida entendi percebido percebida percebi ciente certo positivo assumo combinado
  sí si vale enterado enterada recibido recibida reconozco reconocido reconocida reconocer afirmativo anotado oído
  oui ouais confirme confirmé confirmée reçu recu reçue compris comprise entendu vu noté notée acquitté acquittée acquitter acquitte accepté
  affirmatif daccord
  ja jawohl bestätigt bestaetigt bestätige bestaetige bestätigen quittiert quittiere quittieren verstanden erhalten gesehen notiert
  einverstanden
  👍 👌 ✅ ✔ ☑ 🆗 🫡`)

/** Several words that say yes together. */
export const YES_PHRASES = list(`
  got it
  i got it
  got that
  copy that
  roger that
  will do
  all right
  i acknowledge
  i confirm
  i have seen it
  i've seen it
  está bem
  esta bem
  tá bem
  de acordo
  tomei conhecimento
  tomo conhecimento
  já vi
  já recebi
  já reconheci
  eu reconheço
  eu confirmo
  sim senhor
  sim senhora
  de acuerdo
  está bien
  esta bien
  tomo nota
  lo reconozco
  la reconozco
  lo he visto
  la he visto
  ya lo vi
  ya lo he visto
  d'accord
  d accord
  bien reçu
  bien recu
  bien noté
  bien compris
  c'est noté
  c'est compris
  c'est bon
  c'est vu
  ça marche
  ca marche
  je confirme
  j'acquitte
  je reconnais
  j'ai vu
  j'ai bien vu
  j'ai reçu
  j'ai bien reçu
  j'ai compris
  pris en compte
  pris en charge
  je prends en charge
  je prends note
  in ordnung
  geht in ordnung
  geht klar
  alles klar
  ist notiert
  ist gesehen
  ich bestätige
  ich quittiere
  hab ich gesehen
  habe ich gesehen
  habe es gesehen
  ich habe verstanden
  habe verstanden
  hab verstanden
  zur kenntnis genommen
  mache ich
  mach ich
  wird gemacht`)

/** Says that somebody goes, not to which alarm: a yes only beside another one, or as the answer to one message. */
export const GOING_PHRASES = list(`
  i'm on my way
  i am on my way
  im on my way
  on my way
  omw
  i'm on it
  i am on it
  im on it
  on it
  i'll check
  i will check
  will check
  i'll take it
  i will take it
  i'll have a look
  taking a look
  i'm going
  i am going
  checking
  heading there
  heading over
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
  pode deixar
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
  estoy en ello
  je m'en occupe
  je m'en charge
  j'y vais
  je vais voir
  je vais vérifier
  je vais regarder
  je regarde
  je vérifie
  j'arrive
  en route
  en chemin
  je suis en route
  je suis dessus
  bin unterwegs
  ich bin unterwegs
  unterwegs
  ich kümmere mich darum
  ich kümmere mich
  kümmere mich darum
  kümmere mich
  ich schaue nach
  ich schaue
  schaue nach
  schaue mir das an
  schau nach
  ich gehe hin
  gehe hin
  bin dran
  ich bin dran
  ich komme
  komme
  ich prüfe
  prüfe`)

/** Says no: somebody else is to be told at once. */
export const DECLINE = set(`no nope não nao non nein 👎 ❌ ✖`)

export const DECLINE_PHRASES = list(`
  i can't
  i cannot
  i can not
  can't
  cannot
  not me
  não posso
  nao posso
  não consigo
  nao consigo
  não estou disponível
  no puedo
  yo no
  no estoy disponible
  je ne peux pas
  je peux pas
  pas moi
  pas disponible
  je ne suis pas disponible
  ich kann nicht
  kann nicht
  kann gerade nicht
  ich nicht
  nicht verfügbar`)

/** Changes nothing. */
export const FILLERS = set(`
  thanks thank you thx ty cheers please pls alarm alarms the this number alert message msg boss sir mate hi hello
  obrigado obrigada obg obgd alarme alarmes o os a número numero favor por mensagem chefe pessoal olá ola
  gracias alarma alarmas el la las los mensaje jefe hola
  merci alarme le les l'alarme l'alerte numéro chef bonjour bonsoir monsieur s'il plaît svp cette
  danke dankeschön bitte den der die das nummer nr meldung nachricht chef hallo moin
  🙏 🙂 😀 😊 😉 💪 😅`)

export const JOINERS = set('and e y et und & +')

/** Every alarm: alone, or after a yes. `tudo`, `todo`, `tout` and `alles` are not here: `tudo ok` says that all is well. */
export const ALL = set('all both todos todas ambos ambas tous toutes alle beide')

/** What follows a yes and a going may be any words but these: they take the yes back, put it off, or ask. */
export const DOUBT = set(`
  not no don't dont doesn't won't cannot can't never nothing but if when whether unless until till maybe perhaps later tomorrow first wait
  why what who which where how wrong false test ignore someone somebody else instead only although think call
  não nao nunca nada mas porém se quando talvez depois amanhã amanha primeiro espera porque quem qual onde como errado falso teste ignora
  alguém outro outra só apenas embora acho liga ligue
  nunca pero aunque sino cuando quizá quizás luego mañana primero espere porqué qué quién quien cuál cual dónde donde cómo equivocado falsa
  prueba alguien sólo solo creo llama llame
  pas ne n'est jamais rien mais si quand peut-être peut être demain d'abord attends attendez pourquoi quoi qui quel quelle où comment faux
  fausse essai quelqu'un autre seulement crois appelle appelez plus
  nicht kein keine keinen nie nichts aber wenn falls ob wann vielleicht später spaeter morgen zuerst warte warum was wer welche welcher wo wie
  falsch jemand anderer anders nur obwohl glaube ruf rufe ohne bis`)

/** Emoji reactions that say yes. */
export const YES_REACTIONS = set('👍 👌 ✅ ✔ ☑ 🆗 🫡 💯')

/** Emoji reactions that say no. */
export const NO_REACTIONS = set('👎 ❌')
