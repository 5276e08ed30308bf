/** What can be wrong with a formula, in English; `example` is how a tag is written. */
export const FORMULA_PROBLEMS = {
  'problem.openEnd': 'The formula ends where a value is missing.',
  'problem.noValue': 'A value is missing before "{sign}".',
  'problem.noOperator': 'An operator is missing before {next}.',
  'problem.noMeaning': '"{sign}" has no meaning here.',
  'problem.noFunction': 'There is no function {name}; a tag is written {example}.',
  'problem.noArguments': 'The arguments of {name} are missing.',
  'problem.arguments': 'The number of arguments of {name} is {wanted}, not {given}.',
  'problem.bracket': 'This bracket is not closed.',
  'problem.referenceOpen': 'The reference is not closed: write {example}.',
  'problem.referenceParts': 'A reference names device and tag: write {example}.',
  'problem.numberLarge': 'This number is too large.',
  'problem.numberUnit': '"{text}" is neither a number nor a time such as 30s, 15m, 24h or 7d.',
  'problem.timeAlone': 'A time stands only inside a window, such as avg_over({example}, 15m).',
  'problem.windowForm': 'Write {name}({example}, 15m).',
  'problem.windowTag': '{name} looks at one tag: write {name}({example}, 15m).',
  'problem.windowTime': '{name} needs a time: {name}({example}, 15m).',
  'problem.windowSpan': 'Say how long: 30s, 15m, 24h or 7d.',
  'problem.windowLong': 'A window is 1 second to 31 days long.',
  'problem.windowShare': 'The share that must be known is 0 to 1.',
  'problem.mostCharacters': 'A formula has at most {most} characters.',
  'problem.mostParts': 'A formula has at most {most} parts.',
  'problem.mostDeep': 'Brackets and signs nest at most {most} deep.',
  'problem.mostTags': 'A formula reads at most {most} tags.',
} as const

type Key = keyof typeof FORMULA_PROBLEMS
export type ProblemKey = Key extends `problem.${infer Name}` ? Name : never

/** What is wrong with a formula, and where: a place in its text, counted from 0. */
export class FormulaProblem extends Error {
  readonly key: ProblemKey
  readonly at: number
  /** What its sentence needs. */
  readonly words: Readonly<Record<string, string>>

  constructor(key: ProblemKey, at: number, words: Readonly<Record<string, string | number>> = {}) {
    const all = Object.fromEntries(Object.entries(words).map(([name, word]) => [name, String(word)]))
    const filled: Readonly<Record<string, string>> = { ...all, example: '${Device:Tag}' }
    super(FORMULA_PROBLEMS[`problem.${key}`].replaceAll(/\{(\w+)\}/g, (whole, name: string) => filled[name] ?? whole))
    this.name = 'FormulaProblem'
    this.key = key
    this.at = at
    this.words = all
  }
}
