/** What is wrong with a formula, and where: a place in its text, counted from 0. */
export class FormulaProblem extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.name = 'FormulaProblem'
    this.at = at
  }
}
