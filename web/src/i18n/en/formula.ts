import { FORMULA_PROBLEMS } from '#calc/formula/problem.ts'

/** The editor of formulas. */
export const enFormula = {
  'formula.options': 'Names that fit',
  'formula.place': 'At character {place}',
  'formula.reading': 'Read as',
  'formula.reference': 'Tag',
  'formula.missing': 'There is no such tag, or you may not see it',
  'formula.result': 'Result now:',
  'formula.windows': 'computed once it is saved: its windows are too long to be filled now',
  'formula.none': 'no value',
  'formula.units': 'Reads different units: {units}. They are not converted.',
  'formula.example': 'Device:Tag',
  ...FORMULA_PROBLEMS,
} as const
