import { list, set, type ReplyWords } from './word-list.ts'

export const GERMAN: ReplyWords = {
  yes: set(`
    ja jawohl jap jepp bestätigt bestaetigt bestätige bestaetige bestätigen quittiert quittiere quittieren verstanden erhalten gesehen
    notiert einverstanden`),
  stretchedYes: /^jaa+$/u,
  letters: set(''),
  yesPhrases: list(`
    in ordnung
    geht in ordnung
    geht klar
    alles klar
    ja klar
    ich übernehme
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
    wird gemacht`),
  goingPhrases: list(`
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
    prüfe`),
  decline: set('nein'),
  declinePhrases: list(`
    ich kann nicht
    kann nicht
    kann gerade nicht
    ich nicht
    nicht verfügbar`),
  fillers: set(`danke dankeschön bitte alarm alarme den der die das zu zum zur nummer nr meldung nachricht chef hallo moin`),
  joiners: set('und'),
  all: set('alle beide'),
}
