import { list, set, type ReplyWords } from './word-list.ts'

export const ENGLISH: ReplyWords = {
  yes: set(`
    acknowledge acknowledged acknowledging yes yep yeah yup aye roger copy copied received confirm confirmed noted seen
    understood affirmative accepted acknowleged acknowlegde aknowledge aknowledged`),
  stretchedYes: /^(yes+|okay+)$/u,
  letters: set('y'),
  yesPhrases: list(`
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
    i've seen it`),
  goingPhrases: list(`
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
    heading over`),
  decline: set('no nope'),
  declinePhrases: list(`
    i can't
    i cannot
    i can not
    can't
    cannot
    not me`),
  fillers: set(`thanks thank you thx ty cheers please pls alarm alarms the this number alert message msg boss sir mate hi hello`),
  joiners: set('and'),
  all: set('all both'),
}
