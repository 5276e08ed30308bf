import { list, set, type ReplyWords } from './word-list.ts'

export const FRENCH: ReplyWords = {
  yes: set(`
    oui ouais confirme confirmé confirmée reçu recu reçue compris comprise entendu vu noté notée acquitté acquittée acquitter
    acquitte accepté affirmatif daccord`),
  stretchedYes: /^ouii+$/u,
  letters: set(''),
  yesPhrases: list(`
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
    bien sûr que oui
    oui bien sûr`),
  goingPhrases: list(`
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
    je prends`),
  decline: set('non'),
  declinePhrases: list(`
    je ne peux pas
    je peux pas
    pas moi
    pas disponible
    je ne suis pas disponible`),
  fillers: set(
    `merci alarme alarmes le la les l'alarme l'alerte numéro numero message chef bonjour bonsoir monsieur s'il plaît svp cette pour`,
  ),
  joiners: set('et'),
  all: set('tous toutes'),
}
