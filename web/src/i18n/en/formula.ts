/** The editor of formulas. */
export const enFormula = {
  'formula.options': 'Names that fit',
  'formula.place': 'At character {place}',
  'formula.reading': 'Read as',
  'formula.reference': 'Tag',
  'formula.missing': 'There is no such tag, or you may not see it',
  'formula.result': 'Result now:',
  'formula.windows': 'computed once it is saved: a window needs its history',
  'formula.none': 'no value',
  'formula.units': 'Reads different units: {units}. They are not converted.',
} as const
